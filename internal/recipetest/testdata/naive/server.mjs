// A server that believes everything.
export class Refused extends Error {}
export class Unavailable extends Error {}

export const byIdToken = async (token) => JSON.parse(Buffer.from(token.split(".")[1], "base64url").toString());
export const byAccessToken = async () => ({ userId: "U", displayName: "anybody" });
