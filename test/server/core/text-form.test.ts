import { describe, expect, it } from "vitest";
import { formOf, type TextForm } from "../../../server/core/text-form.ts";

const long = "The importer drops rows whose dates lie before 1970. ".repeat(20);

describe("the form of a text", () => {
  it.each<[TextForm, string]>([
    ["contest", "You are given a string.\n\nInput\nThe first line holds n.\n\nOutput\nPrint the answer."],
    ["contest", "Return the length of it.\n\nExample 1:\nInput: s = 'ab'\n\nclass Solution:\n"],
    ["choices", "Which of these is a group?\nA. The integers\nB. The naturals\nC. None\nAnswer:"],
    ["choices", "Which?\nA) one\nB) two"],
    ["function", "Write a function to reverse a list.\nassert reverse([1, 2]) == [2, 1]"],
    ["change", `## Wrong dates\n\n${long}`],
    ["story", "Ana has 3 boxes with 12 pencils each and gives half of them away. How many pencils are left?"],
    ["plain", "How do I center a div?"],
    ["plain", "rename total to sum"],
    ["plain", ""],
    ["plain", "A. and B. are names of regions here"],
  ])("is %s: %s", (form, text) => {
    expect(formOf(text, false)).toBe(form);
  });

  it("with code beside it is told by the marks of a contest or of answers alone", () => {
    expect(formOf("Write a function to reverse a list", true)).toBe("plain");
    expect(formOf(long, true)).toBe("plain");
    expect(formOf("Which?\nA. one\nB. two", true)).toBe("choices");
  });

  it("is no described change where most of the text is pasted code", () => {
    expect(formOf(`why?\n\`\`\`\n${"const value = 1;\n".repeat(80)}\`\`\``, false)).toBe("plain");
  });
});
