// Never run: tsc holds the written declarations to the code, and the committed copy to the
// declarations.
import * as built from "../dist/index.js";
import * as code from "../src/index.js";

export const declared: typeof built = code;
export const complete: typeof code = built;
