// LINE's bot SDK against a platform at another base URL: channel access tokens and the
// LIFF server API. Arguments: base URL, channel ID, secret. It prints what came back;
// a refused call becomes its HTTP status and body.
import { channelAccessToken, liff } from "@line/bot-sdk";

const [baseURL, id, secret] = process.argv.slice(2);
const refused = (promise) => promise.then(() => "accepted", (error) => `${error.status ?? error.message} ${error.body ?? ""}`);

const tokens = new channelAccessToken.ChannelAccessTokenClient({ baseURL });
const short = await tokens.issueChannelToken("client_credentials", id, secret);
const verified = await tokens.verifyChannelToken(short.access_token);
const stateless = await tokens.issueStatelessChannelTokenByClientSecret(id, secret);
const wrongSecret = await refused(tokens.issueChannelToken("client_credentials", id, "0".repeat(32)));

const apps = new liff.LiffClient({ channelAccessToken: short.access_token, baseURL });
const before = (await apps.getAllLIFFApps()).apps;
const { liffId } = await apps.addLIFFApp({
  view: { type: "tall", url: "https://example.com/new?a=1" },
  description: "made by the bot SDK",
  scope: ["openid", "profile"],
  botPrompt: "normal",
});
await apps.updateLIFFApp(liffId, { view: { type: "full", url: "https://example.com/newer" } });
const changed = (await new liff.LiffClient({ channelAccessToken: stateless.access_token, baseURL }).getAllLIFFApps()).apps.find((a) => a.liffId === liffId);
const plainHTTP = await refused(apps.addLIFFApp({ view: { type: "full", url: "http://example.com/" } }));
await apps.deleteLIFFApp(liffId);
const gone = await refused(apps.deleteLIFFApp(liffId));
const after = (await apps.getAllLIFFApps()).apps;
await tokens.revokeChannelToken(short.access_token);
const revoked = await refused(apps.getAllLIFFApps());

console.log(
  JSON.stringify({
    short: { type: short.token_type, expiresIn: short.expires_in },
    verified,
    stateless: { type: stateless.token_type, expiresIn: stateless.expires_in },
    wrongSecret,
    liffId,
    changed,
    plainHTTP,
    gone,
    before: before.length,
    after: after.length,
    revoked,
  }),
);
