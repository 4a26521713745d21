import { describe, expect, it } from "vitest";
import { whyNotCode } from "../../../server/core/read-excerpt.ts";

describe("what is newer than its grammar", () => {
  it("is no broken code", () => {
    expect(whyNotCode('unsafe extern "C" {\n    pub safe fn abs(a: i32) -> i32;\n}\n', "rust")).toBe("newer");
    expect(whyNotCode('unsafe extern "C" { safe fn abs(a: i32) -> i32; }\n', "rust")).toBe("newer");
    expect(whyNotCode("let safe = make();\nsafe.run();\n", "rust")).toBeNull();
  });
});
