// The error of this client, with the codes that LINE's SDK uses, so that an app's
// error handling works with either.

/** Code says what happened, for programs; message says it for people. */
export class LiffError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message);
    this.name = "LiffError";
    this.code = code;
    if (options && "cause" in options) {
      Object.defineProperty(this, "cause", { value: options.cause, configurable: true });
    }
  }
}

export const code = {
  unknown: "UNKNOWN",
  unauthorized: "UNAUTHORIZED",
  invalidArgument: "INVALID_ARGUMENT",
  initFailed: "INIT_FAILED",
  forbidden: "FORBIDDEN",
  invalidConfig: "INVALID_CONFIG",
  invalidIDToken: "INVALID_ID_TOKEN",
  timeout: "TIMEOUT",
} as const;
