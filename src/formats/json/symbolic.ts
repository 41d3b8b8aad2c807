/**
 * Functions of an expression over sizes: what torch.export gives its reader to evaluate with (torch `_export/serde/serialize.py`, `sympy_functions`),
 * and what sympy's `srepr` and `str` write of sums, relations and conditions. Sympy's own readers of text are not among them.
 */
const FUNCTIONS: ReadonlySet<string> = new Set(
  (
    "FloorDiv ModularIndexing Where PythonMod Mod CleanDiv CeilToInt FloorToInt CeilDiv LShift RShift PowByNatural FloatPow FloatTrueDiv IntTrueDiv " +
    "IsNonOverlappingAndDenseIndicator TruncToFloat TruncToInt RoundToInt RoundDecimal ToFloat Identity BitwiseFn_bitwise_and BitwiseFn_bitwise_or " +
    "BitwiseFn_bitwise_xor OpaqueUnaryFn_sqrt OpaqueUnaryFn_cos OpaqueUnaryFn_cosh OpaqueUnaryFn_sin OpaqueUnaryFn_sinh OpaqueUnaryFn_tan " +
    "OpaqueUnaryFn_tanh OpaqueUnaryFn_asin OpaqueUnaryFn_acos OpaqueUnaryFn_atan OpaqueUnaryFn_exp OpaqueUnaryFn_log OpaqueUnaryFn_log2 " +
    "Abs Max Min Mul Add Pow Symbol Integer Float Rational Tuple ExprCondPair Piecewise And Or Not Xor Eq Ne Lt Le Gt Ge Equality Unequality " +
    "StrictLessThan LessThan StrictGreaterThan GreaterThan sqrt floor ceiling exp log sign abs max min round"
  ).split(" "),
);
/** Whose texts are a name or a number: `Symbol('s0', integer=True)`, `Float('0.5', precision=53)`. */
const TAKES_TEXT: ReadonlySet<string> = new Set(["Symbol", "Float", "Integer"]);
/** Sticky, and no two of its parts begin alike, so that reading is linear. */
const TOKEN = /\s*(?:([A-Za-z]\w*)|(\d[\d.]*(?:[eE][+-]?\d+)?)|'([\w.+-]*)'|(\*\*|\/\/|==|!=|<=|>=|<<|>>|[-+*/%<>&|~^=,()]))/y;

/**
 * Whether evaluating the text does arithmetic and nothing else: names that are not called, numbers, operators, and calls of the functions above by
 * their names. Linear in the text.
 */
export function isArithmetic(text: string): boolean {
  TOKEN.lastIndex = 0;
  const end = text.trimEnd().length;
  let called = "";
  let before: "name" | "value" | "operator" = "operator";
  let name = "";
  while (TOKEN.lastIndex < end) {
    const [, word, number, quoted, sign] = TOKEN.exec(text) ?? [];
    if (word !== undefined || number !== undefined || quoted !== undefined) {
      if (before !== "operator" || (quoted !== undefined && !TAKES_TEXT.has(called))) return false;
      [before, name] = word === undefined ? ["value", ""] : ["name", word];
      called = "";
    } else if (sign === "(") {
      if (before === "value" || (before === "name" && !FUNCTIONS.has(name))) return false; // `(f)(x)` and `f(x)(y)` call what no name tells
      called = before === "name" ? name : "";
      before = "operator";
    } else if (sign === ")") [before, called] = ["value", ""];
    else if (sign !== undefined) [before, called] = ["operator", ""];
    else return false;
  }
  return true;
}
