// An ordinary OpenID relying party on openid-client. Arguments: issuer, channel ID,
// secret, algorithm, and how the client authenticates (post or basic). It prints the
// authorization URL, reads from its standard input where the browser came back, and
// prints what it has verified.
import { createInterface } from "node:readline/promises";
import { jwtVerify } from "jose";
import * as client from "openid-client";

const [issuer, id, secret, algorithm, how] = process.argv.slice(2);
const authentication = how === "basic" ? client.ClientSecretBasic(secret) : client.ClientSecretPost(secret);
const say = (value) => console.log(JSON.stringify(value));
const reason = (error) => [error.code, error.error, error.cause?.message ?? error.cause?.error, error.message].filter(Boolean).join(": ");

const config = await client.discovery(
  new URL(issuer),
  id,
  { client_secret: secret, id_token_signed_response_alg: algorithm },
  authentication,
  // openid-client verifies signatures by the JWK Set alone; those by the secret are verified below.
  { execute: [client.allowInsecureRequests, ...(algorithm === "HS256" ? [] : [client.enableNonRepudiationChecks])] },
);

const verifier = client.randomPKCECodeVerifier();
const state = client.randomState();
const nonce = client.randomNonce();
const authorization = client.buildAuthorizationUrl(config, {
  redirect_uri: "http://127.0.0.1:9/callback",
  scope: "openid profile email",
  code_challenge: await client.calculatePKCECodeChallenge(verifier),
  code_challenge_method: "S256",
  max_age: "600",
  state,
  nonce,
});
say({ authorization: authorization.href, metadata: config.serverMetadata() });

const lines = createInterface({ input: process.stdin });
const callback = new URL(await new Promise((resolve) => lines.once("line", resolve)));
lines.close();

const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, maxAge: 600 };
const tokens = await client.authorizationCodeGrant(config, callback, checks);
const claims = tokens.claims();
if (algorithm === "HS256") {
  await jwtVerify(tokens.id_token, new TextEncoder().encode(secret), { algorithms: ["HS256"], issuer, audience: id });
}
const userinfo = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token);
const again = await client.authorizationCodeGrant(config, callback, checks).then(() => "accepted", reason);
await client.tokenRevocation(config, refreshed.access_token);
const revoked = await client.fetchUserInfo(config, refreshed.access_token, claims.sub).then(() => "accepted", reason);
say({
  claims,
  userinfo,
  scope: tokens.scope,
  sameRefreshToken: refreshed.refresh_token === tokens.refresh_token,
  newAccessToken: refreshed.access_token !== tokens.access_token,
  again,
  revoked,
});
