// Runs oidc-provider on a free port of the loopback interface. It prints its issuer as
// JSON, reads commands from standard input, one a line, and answers each with a line:
//   announce   publishes a second key
//   rotate     signs with the second key and withdraws the first
// It ends with its input. The first argument is the secret of the client of HS256.
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import Provider from "oidc-provider";

const newKey = (kid) => ({
  ...generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "jwk" }),
  kid,
  use: "sig",
  alg: "ES256",
});
const first = newKey("first");
const second = newKey("second");

const client = (client_id, id_token_signed_response_alg, client_secret) => ({
  client_id,
  client_secret,
  id_token_signed_response_alg,
  redirect_uris: ["http://127.0.0.1:9/callback"],
  response_types: ["code"],
  grant_types: ["authorization_code"],
  token_endpoint_auth_method: "client_secret_post",
});

const server = createServer((req, res) => handler(req, res));
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;
let handler;

// Its keys are fixed when it is made, so a rotation makes another provider of the same
// issuer, as a restart would. The key to sign with comes first.
function use(...keys) {
  const provider = new Provider(issuer, {
    jwks: { keys },
    routes: { jwks: "/oauth2/v2.1/certs" }, // where LINE has it, and the library asks
    clients: [
      client("2000000001", "ES256", "a secret that only the token endpoint wants"),
      client("2000000002", "ES256", "a secret that only the token endpoint wants"),
      client("2000000003", "HS256", process.argv[2]),
    ],
    enabledJWA: { idTokenSigningAlgValues: ["ES256", "HS256"] },
    cookies: { keys: ["of this process only"] },
    claims: { openid: ["sub"], profile: ["name", "picture"], email: ["email"] },
    conformIdTokenClaims: false, // the claims of the user stand in the ID token, as LINE's do
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, name: "鈴木 花子", picture: "https://example.com/p", email: "hanako@example.com" }),
    }),
    pkce: { required: () => true }, // S256 is the only method it knows
  });
  handler = provider.callback();
}

use(first);
console.log(JSON.stringify({ issuer }));
for await (const line of createInterface({ input: process.stdin })) {
  if (line === "announce") use(first, second);
  else if (line === "rotate") use(second);
  else throw new Error(`unknown command ${line}`);
  console.log(JSON.stringify({ done: line }));
}
server.close();
server.closeAllConnections();
