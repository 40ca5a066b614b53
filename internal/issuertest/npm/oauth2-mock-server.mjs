// Runs oauth2-mock-server on a free port of the loopback interface. It prints its issuer
// as JSON, reads commands from standard input, one a line, and answers each with a line:
//   announce   publishes a second key; ID tokens are still signed with the first
//   rotate     signs with the second key and withdraws the first
// It ends with its input. A token request's field claims, a JSON object, is laid over the
// claims of what is issued; null takes a claim away.
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { JWKStore, OAuth2Issuer, OAuth2Service } from "oauth2-mock-server";

const made = new JWKStore();
const first = await made.generate("ES256", { kid: "first" });
const second = await made.generate("ES256", { kid: "second" });

const server = createServer((req, res) => handler(req, res));
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const url = `http://127.0.0.1:${server.address().port}`;
let handler;

// It forgets no key, so a rotation makes another service of the same issuer, as a restart
// would. It takes its keys in turn, and each token request signs twice: the access token
// with the key that comes first here, the ID token with the one that comes last.
async function use(...keys) {
  const issuer = new OAuth2Issuer();
  issuer.url = url;
  for (const key of keys) await issuer.keys.add(key);
  const service = new OAuth2Service(issuer, { jwks: "/oauth2/v2.1/certs" }); // where LINE has it, and the library asks
  service.on("beforeTokenSigning", ({ payload }, req) => {
    for (const [name, value] of Object.entries(JSON.parse(req.body.claims))) {
      if (value === null) delete payload[name];
      else payload[name] = value;
    }
  });
  handler = service.requestHandler;
}

await use(first);
console.log(JSON.stringify({ issuer: url }));
for await (const line of createInterface({ input: process.stdin })) {
  if (line === "announce") await use(second, first);
  else if (line === "rotate") await use(second);
  else throw new Error(`unknown command ${line}`);
  console.log(JSON.stringify({ done: line }));
}
server.close();
server.closeAllConnections();
