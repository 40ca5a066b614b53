// LINE's bot SDK asks for the valid key IDs and verifies a channel access token v2.1.
// Arguments: base URL, client assertion, channel access token.
import { channelAccessToken } from "@line/bot-sdk";

const [baseURL, assertion, token] = process.argv.slice(2);
const tokens = new channelAccessToken.ChannelAccessTokenClient({ baseURL });
const { kids } = await tokens.getsAllValidChannelAccessTokenKeyIds("urn:ietf:params:oauth:client-assertion-type:jwt-bearer", assertion);
const verified = await tokens.verifyChannelTokenByJWT(token);
console.log(JSON.stringify({ kids, verified }));
