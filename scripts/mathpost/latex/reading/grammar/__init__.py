r"""One side of a formula becomes a tree, by recursive descent: each level of precedence is a class that inherits the
tighter one and adds its rules. Imports the tokens, the customs and the tree. Its ways in: `parse` and `parse_pattern`.

The whole grammar, from the loosest rule to the tightest, file by file. `{ }` is any number of times, `[ ]` at most
once, `…` whatever follows; a sign in quotes stands for all its spellings. Where two rules begin alike, the notation
decides between them, or else custom: the docstring of the rule says how.

parser.py
    side             = leads ( lone | expression [ divider expression | bar expression ] ) [ annotation ]
    leads            = { connective | quad | comment }
    lone             = operator | relation | ( function-name | big-operator | moment-name | integral-sign
                     | "\lim" | "\nabla" | "\partial" ) scripts
    annotation       = { quad | "," | "." | ";" | ":" | "?" }
                     [ ( connective | "\forall" | "\exists" | end-sign | remark | comment ) … ]

levels/lists.py
    expression       = logical { ( "," | ";" ) { quad } item } | logical ":" expression
    items            = item { ( separator | bar | such-that ) item }
    item             = placeholder | words | logical
    words            = text { text | symbol | number | command }
    placeholder      = "." | ":" | "\cdot" | "*" | "\bullet" | "+" | "-" | relation "_" argument

levels/logic.py
    logical          = quantified | comparison { ( "\land" | "\lor" | "and" | "or" ) comparison } [ quantifier ]
    quantified       = quantifier [ ( ":" | "," | such-that ) logical ]

levels/comparisons.py
    comparison       = modular { relation modular }
    modular          = sum [ "\pmod" argument ]

levels/sums.py
    sum              = signed-product { additive signed-product }
    signed-product   = "-" signed-product | ( "\pm" | "\mp" ) product | [ "+" ] product

levels/products.py
    product          = factor { factor | multiplicative signed-factor | evaluation }
    signed-factor    = "-" signed-factor | [ "+" ] factor
    evaluation       = "|" bounds

levels/factors.py
    factor           = function | big | limit | moment | integral | nabla | named-nabla | partial
                     | difference | infinitesimal | postfix
    difference       = "\Delta" name scripted
    infinitesimal    = "d" name scripted
    remark           = ( open | "{" ) ( connective | comment )

prefixes/functions.py
    function         = function-name scripts over scripted
    over             = operand [ "/" factor ]
    operand          = raised-bracket | postfix { postfix } | [ "-" ] juxtaposed
    raised-bracket   = ( bracket | set ) scripted
    juxtaposed       = factor { factor }

prefixes/big_operators.py
    big              = big-operator bounds ( signed-product | sum | extremes scripted )
    extremes         = set | "(" items ")" | "[" items "]"
    limit            = "\lim" scripts signed-product

prefixes/moments.py
    moment           = moment-name laws [ quad ] ( moment-arguments scripted | signed-product )
    laws             = [ "_" binder ] [ "^" argument ]
    moment-arguments = "[" items "]" | "(" items ")" | "\{" items "\}"

prefixes/integrals.py
    integral         = integral-sign { integral-sign } scripts ( differentials [ integrand ] | integrand differentials )
    integrand        = sum | signed-product
    differentials    = { differential [ "\dots" ] }
    differential     = "d" scripts postfix

prefixes/derivatives.py
    nabla            = "\nabla" scripts [ "\cdot" ] reach
    named-nabla      = accent-mark ( "\nabla" | "{" "\nabla" "}" ) scripts [ reach ]
    partial          = mark postfix "/" denominators | "\partial" scripts [ reach ]
    quotient         = "\frac" "{" mark scripts [ expression ] "}" "{" denominators "}" [ reach ]
    denominators     = mark postfix { mark postfix }
    mark             = "\partial" | "d"
    reach            = factor { factor }

prefixes/bounds.py
    quantifier       = ( "\forall" | "\exists" ) comparison [ "," "\dots" "," comparison ]
    bounds           = [ "_" binder ] [ "^" argument ]
    binder           = part { ( separator | bar | "\\" | quad | text ) part }
    part             = [ text | such-that ] logical

atoms/postfixes.py
    postfix          = ( indicator | atom ) scripted { call | "!" | "\%" | scripted }

atoms/calls.py
    call             = "(" [ items ] ")" | "[" [ items ] "]" | set

atoms/indicators.py
    indicator        = indicator-name ( "_" argument | "(" expression ")" | "[" expression "]" | "\{" expression "\}" )

atoms/atoms.py
    atom             = number | symbol | "\dots" | bracketed | choice | fence | environment | command
    command          = face | accent | fraction | root | binomial | factor

atoms/fractions.py
    fraction         = "\frac" argument argument | quotient
    root             = "\sqrt" [ "[" expression "]" ] argument
    binomial         = "\binom" argument argument
    choice           = "{" expression divider expression "}" | group

atoms/environments.py
    environment      = matrix | cases
    matrix           = begin cells { "\\" cells } end
    cells            = cell { "&" cell }
    cell             = [ item [ "," ] ]
    cases            = begin branch { "\\" branch } end
    branch           = { "&" | quad } logical saying [ logical { "," logical } conditions ]
    saying           = { "&" | quad | separator | text | word }
    conditions       = { joining-word logical | text | word | quad | separator }

atoms/brackets.py
    bracketed        = bracket | set | inner | delimited | fence
    delimited        = "\left." expression evaluation
    bracket          = ( "(" | "[" ) items ( ")" | "]" )
    group            = "{" expression "}"

atoms/sets.py
    set              = "\{" [ items ] "\}" [ bounds ]

atoms/fences.py
    fence            = "|" expression "|" | "||" expression "||"
                     | "\lfloor" expression "\rfloor" | "\lceil" expression "\rceil"
    inner            = "\langle" items "\rangle"

names/scripts.py
    scripted         = { decoration | sample | entry | power | transpose | "'" }
    sample           = "^" ( "(" | "[" ) indices ( ")" | "]" )
    entry            = "_" indices
    indices          = index-letter { index-letter | number } | expression [ ( "|" | "\to" ) expression ]
    power            = "^" argument
    transpose        = "^" ( "T" | "\top" )

names/decorations.py
    decoration       = "_" argument | "^" argument

names/names.py
    symbol           = name | word | text | numbered
    numbered         = ( name | word ) number
    face             = bold argument
    accent           = accent-mark argument

names/arguments.py
    scripts          = { "_" argument | "^" argument | "'" }
    argument         = group | atom

Terminals that are kinds of tokens, with examples (`tokens/token.py` has them all)
    number           2  2.50  1{,}000
    name             x  \theta  \mathcal{L}
    word             \mathrm{softmax}
    text             \text{if}
    operator         +  \cdot  !
    relation         =  \leq  \to
    connective       \implies  \iff
    separator        ,  ;  :  \mid
    open             (  [  \{  \langle
    bar              |  \|
    begin            \begin{cases}  \begin{bmatrix}
    end              \end{cases}  \end{bmatrix}
    quad             \quad  \hspace{2em}

Terminals from tables, each with the name of its table (`tokens/commands.py`, `customs.py`)
    additive         +  -  \cup  \setminus            ADDITIVE
    multiplicative   \cdot  \times  /  \odot          MULTIPLICATIVE
    function-name    \log  \exp  \det                 FUNCTIONS
    big-operator     \sum  \prod  \max  \argmax       BIG
    moment-name      \mathbb{E}  \Var  \Cov           MOMENTS
    integral-sign    \int  \iint                      INTEGRALS
    bold             \mathbf  \boldsymbol  \vec       BOLD
    accent-mark      \hat  \bar  \overline            ACCENTS
    divider          \choose  \over                   DIVIDERS
    end-sign         \square  \qed                    ENDS
    indicator-name   \mathbb{1}  \mathbb{I}           INDICATORS
    index-letter     i  j  n  \ell                    INDEX_LETTERS
    joining-word     and  or                          JOINING
    such-that        s.t.                             SUCH_THAT
    comment          where  for  assuming             ANNOTATIONS
"""

from __future__ import annotations

from mathpost.latex.reading.grammar.parser import parse, parse_pattern
from mathpost.latex.reading.grammar.ranges import as_domain

__all__ = ["as_domain", "parse", "parse_pattern"]
