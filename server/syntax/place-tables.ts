/** What the nodes of a grammar mean for the place of a cursor. */
export interface PlaceTable {
  comments: ReadonlySet<string>;
  strings: ReadonlySet<string>;
  /** Marks that begin a string wherever they stand. */
  quotes: RegExp;
  /** Code inside a string. */
  interpolations: ReadonlySet<string>;
  imports: ReadonlySet<string>;
  /** Hold statements or members between their braces. */
  bodies: ReadonlySet<string>;
  /** Hold arguments, parameters or elements between their brackets. */
  lists: ReadonlySet<string>;
  /** Elements of markup, where nothing begins a statement. */
  elements: ReadonlySet<string>;
  /** Tags and braces in them, whose inside is no text. */
  tags: ReadonlySet<string>;
  /** The beginning of a line that imports, for one that is not whole enough to be a node. */
  importLine: RegExp;
  /** Blocks are made by indentation instead of braces. */
  byIndentation: boolean;
}

const none: ReadonlySet<string> = new Set();
const setOf = (names: string): ReadonlySet<string> => new Set(names.split(" "));

const ecmaScript: PlaceTable = {
  comments: setOf("comment html_comment hash_bang_line"),
  strings: setOf("string string_fragment template_string"),
  quotes: /["'`]/,
  interpolations: setOf("template_substitution"),
  imports: setOf("import_statement"),
  bodies: setOf("statement_block class_body interface_body enum_body switch_body class_static_block object_type"),
  lists: setOf(
    "arguments formal_parameters array array_pattern object object_pattern subscript_expression type_arguments " +
      "type_parameters tuple_type export_clause lookup_type decorator",
  ),
  elements: setOf("jsx_element"),
  tags: setOf("jsx_opening_element jsx_closing_element jsx_self_closing_element jsx_expression jsx_attribute"),
  importLine: /^\s*(?:import\b(?!\s*\()|export\s*(?:\*|(?:type\s*)?\{)[^;]*\bfrom\b)/,
  byIndentation: false,
};

const python: PlaceTable = {
  comments: setOf("comment"),
  strings: setOf("string string_content string_start"),
  quotes: /["']/,
  interpolations: setOf("interpolation"),
  imports: setOf("import_statement import_from_statement future_import_statement"),
  bodies: none,
  lists: setOf(
    "argument_list parameters list set dictionary tuple subscript list_comprehension dictionary_comprehension " +
      "set_comprehension generator_expression type_parameter list_pattern tuple_pattern dict_pattern",
  ),
  elements: none,
  tags: none,
  importLine: /^\s*(?:import|from)\s/,
  byIndentation: true,
};

const go: PlaceTable = {
  comments: setOf("comment"),
  strings: setOf(
    "interpreted_string_literal interpreted_string_literal_content raw_string_literal raw_string_literal_content rune_literal",
  ),
  quotes: /["`]/,
  interpolations: none,
  imports: setOf("import_declaration package_clause"),
  bodies: setOf(
    "block field_declaration_list interface_type expression_switch_statement type_switch_statement select_statement",
  ),
  lists: setOf(
    "argument_list parameter_list type_arguments type_parameter_list literal_value index_expression slice_expression " +
      "type_conversion_expression",
  ),
  elements: none,
  tags: none,
  importLine: /^\s*(?:import|package)\b/,
  byIndentation: false,
};

const java: PlaceTable = {
  comments: setOf("line_comment block_comment"),
  strings: setOf("string_literal string_fragment multiline_string_fragment character_literal"),
  quotes: /"/,
  interpolations: setOf("string_interpolation"),
  imports: setOf("import_declaration package_declaration"),
  bodies: setOf(
    "block class_body constructor_body interface_body enum_body enum_body_declarations annotation_type_body " +
      "switch_block module_body",
  ),
  lists: setOf(
    "argument_list formal_parameters annotation_argument_list type_arguments type_parameters array_initializer " +
      "element_value_array_initializer array_access dimensions_expr inferred_parameters resource_specification " +
      "record_pattern_body",
  ),
  elements: none,
  tags: none,
  importLine: /^\s*(?:import|package)\b/,
  byIndentation: false,
};

const rust: PlaceTable = {
  comments: setOf("line_comment block_comment doc_comment"),
  strings: setOf("string_literal string_content raw_string_literal char_literal"),
  quotes: /"/,
  interpolations: none,
  imports: setOf("use_declaration extern_crate_declaration"),
  bodies: setOf("block declaration_list field_declaration_list enum_variant_list match_block"),
  lists: setOf(
    "arguments parameters closure_parameters token_tree array_expression tuple_expression tuple_type type_arguments " +
      "type_parameters field_initializer_list struct_pattern tuple_struct_pattern tuple_pattern slice_pattern " +
      "index_expression ordered_field_declaration_list",
  ),
  elements: none,
  tags: none,
  importLine: /^\s*(?:pub(?:\([^)]*\))?\s+)?(?:use|extern\s+crate)\s/,
  byIndentation: false,
};

/** By the file of the grammar. */
export const placeTables: Readonly<Record<string, PlaceTable>> = {
  "tree-sitter-typescript.wasm": ecmaScript,
  "tree-sitter-tsx.wasm": ecmaScript,
  "tree-sitter-javascript.wasm": ecmaScript,
  "tree-sitter-python.wasm": python,
  "tree-sitter-go.wasm": go,
  "tree-sitter-java.wasm": java,
  "tree-sitter-rust.wasm": rust,
};
