"""One equation, three ways to write it: LaTeX for the text, NumPy for figures, a Vega expression for the page.

An equation is a SymPy expression whose symbols carry the names that the reader's controls use, so that what is
printed, drawn and recomputed in the page cannot disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import sympy
from sympy.printing.codeprinter import CodePrinter
from sympy.printing.precedence import PRECEDENCE

# The functions of the Vega expression language that equations here need; a missing one is refused, not guessed.
VEGA_FUNCTIONS = {
    "Abs": "abs", "exp": "exp", "log": "log", "Min": "min", "Max": "max", "floor": "floor", "ceiling": "ceil",
    "sin": "sin", "cos": "cos", "tan": "tan",
}  # fmt: skip


class _VegaPrinter(CodePrinter):
    """Vega has `pow`, `min` and `if(test, then, else)`, neither `**` nor `Math.pow` nor `?:` in nested form."""

    language = "Vega"

    def _format_code(self, lines: list[str]) -> list[str]:
        return lines

    def _print_Pow(self, expr: sympy.Pow) -> str:
        base, exponent = expr.as_base_exp()
        if exponent == sympy.Rational(1, 2):
            return f"sqrt({self._print(base)})"
        if exponent == -1:
            return f"(1 / {self.parenthesize(base, PRECEDENCE['Pow'])})"
        return f"pow({self._print(base)}, {self._print(exponent)})"

    def _print_Rational(self, expr: sympy.Rational) -> str:
        return f"({expr.p} / {expr.q})"

    def _print_Float(self, expr: sympy.Float) -> str:
        return repr(float(expr))

    def _print_Exp1(self, _: sympy.Expr) -> str:
        return "E"

    def _print_Pi(self, _: sympy.Expr) -> str:
        return "PI"

    def _print_Infinity(self, _: sympy.Expr) -> str:
        return "Infinity"

    def _print_BooleanTrue(self, _: sympy.Expr) -> str:
        return "true"

    def _print_Relational(self, expr: sympy.core.relational.Relational) -> str:
        sign = {"==": "===", "!=": "!=="}.get(expr.rel_op, expr.rel_op)
        return f"({self._print(expr.lhs)} {sign} {self._print(expr.rhs)})"

    def _print_And(self, expr: sympy.And) -> str:
        return "(" + " && ".join(self._print(part) for part in sorted(expr.args, key=str)) + ")"

    def _print_Or(self, expr: sympy.Or) -> str:
        return "(" + " || ".join(self._print(part) for part in sorted(expr.args, key=str)) + ")"

    def _print_Not(self, expr: sympy.Not) -> str:
        return f"!{self._print(expr.args[0])}"

    def _print_Piecewise(self, expr: sympy.Piecewise) -> str:
        (value, test), *rest = expr.args
        if test == True:  # noqa: E712  (SymPy's own true is not Python's)
            return self._print(value)
        other = self._print(sympy.Piecewise(*rest, evaluate=False)) if rest else "NaN"
        return f"if({self._print(test)}, {self._print(value)}, {other})"

    def _print_Function(self, expr: sympy.Function) -> str:
        name = type(expr).__name__
        if name not in VEGA_FUNCTIONS:
            raise ValueError(f"{name} has no counterpart in a Vega expression; expected one of {list(VEGA_FUNCTIONS)}")
        return f"{VEGA_FUNCTIONS[name]}({', '.join(self._print(part) for part in expr.args)})"

    _print_Abs = _print_exp = _print_log = _print_Min = _print_Max = _print_floor = _print_ceiling = _print_Function


def vega(expression: sympy.Expr) -> str:
    """Return an expression in the Vega expression language; symbols become parameter names.

    Raises ValueError for a function that the language does not have.
    """
    return _VegaPrinter({"strict": False}).doprint(expression)


def numeric(expression: sympy.Expr, symbols: Sequence[sympy.Symbol]) -> Callable:
    """Return an expression as a NumPy function of its symbols, in their order, broadcasting over arrays."""
    return sympy.lambdify(list(symbols), expression, modules="numpy")


def latex(expression: sympy.Expr, names: Mapping[sympy.Symbol, str] | None = None) -> str:
    """Return an expression as LaTeX; names gives the notation of symbols whose own name is a word."""
    return sympy.latex(expression, symbol_names=dict(names or {}))
