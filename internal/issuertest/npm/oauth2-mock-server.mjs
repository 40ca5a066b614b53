// Runs oauth2-mock-server on a free port of the loopback interface. It prints its issuer
// as JSON, reads commands from standard input, one a line, and answers each with a line:
//   rotate   adds a key; from then on it signs with each in turn
// It ends with its input.
import { createInterface } from "node:readline";
import { OAuth2Server } from "oauth2-mock-server";

const server = new OAuth2Server(undefined, undefined, { endpoints: { jwks: "/oauth2/v2.1/certs" } });
await server.issuer.keys.generate("ES256", { kid: "first" });
await server.start(0, "127.0.0.1");
console.log(JSON.stringify({ issuer: server.issuer.url }));
for await (const line of createInterface({ input: process.stdin })) {
  if (line !== "rotate") throw new Error(`unknown command ${line}`);
  await server.issuer.keys.generate("ES256", { kid: "second" });
  console.log(JSON.stringify({ done: line }));
}
await server.stop();
