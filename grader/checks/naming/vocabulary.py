"""Words in names: those that say nothing, and the verbs with which functions begin.

All lists were made by hand.
"""

from __future__ import annotations

#: Placeholders. Vague: `foo`, `my_stuff`, `thing_list`; not `foo_count` and `something_blue`.
NONSENSE = frozenset("""
    anything asdf baz bla blah blub foo foobar qux quux qwerty something stuff thing things
    thingy whatever xyz xxx
    """.split())
#: Placeholders in a file that also has ``foo`` or ``baz``; elsewhere `eggs` may be real eggs.
WITH_FOO = frozenset("bar eggs ham spam".split())
#: Words that fit any value. Accepted alone (`result`), vague with a filler or a number (`my_list`,
#: `data2`).
WEAK = frozenset("""
    arg arr array cls class data dict dictionary elem element fn func function info input item list
    lst method num number obj object output param res result ret set str string temp test tmp
    tuple val value var variable
    """.split())
#: Words that are vague as the whole name of a function: `def data():`; not `def load_data():`.
WEAK_FUNCTION = frozenset(
    "data elem fn func function info item method obj res ret result temp test tmp val value var "
    "variable".split()
)
#: Words that add nothing to the word after them: `my_list` is vague, `my_prices` is let go.
FILLERS = frozenset("my our some the your".split())
#: A name of two or more of only these words is vague: `do_it`, `do_work`; not `do_backup`.
DOING = frozenset("do it job now that this work".split())

#: First words that need no verb: a question (`is_empty`), a conversion (`to_json`), an event
#: (`on_click`).
PREFIXES = frozenset("""
    after all any are as at before by can contains does equals exists for from had has have in into
    is main may must needs no not of on should setup teardown test then to was were when will with
    without would
    """.split())

#: Whole names without a verb that are customary: of decorators (`wrapper`), of methods of
#: containers (`items`), `main`; not `total`.
CUSTOMARY = frozenset("""
    append asdict callback clear cli decorator default downgrade fileno inner items iter keys
    lambda_handler len main next objective popitem setdefault upgrade values wrap wrapped wrapper
    """.split())
#: Last words of functions that are passed on for others to call, and named by that role:
#: `error_handler`; not `handler_table`.
ROLES = frozenset("callback decorator factory handler hook listener middleware".split())
#: Algorithms, whose name is what they do: `binary_search`; not `item_search`.
ALGORITHMS = frozenset("""
    a_star alpha_beta bfs binary_search breadth_first_search bubble_sort bubblesort caesar
    caesar_cipher counting_sort cross_validation depth_first_search dfs dijkstra factorial fibonacci
    flood_fill gcd gradient_descent grid_search heapsort heap_sort insertion_sort lcm linear_search
    merge_sort mergesort minimax negamax quicksort quick_sort radix_sort random_search
    selection_sort shell_sort sieve
    """.split())
#: First words that say how the verb after them is done: `auto_save`; not `auto_parts`.
ADVERBS = frozenset("auto batch bulk double lazy multi quick safe safely".split())

#: Verbs with which the name of a function may begin: e.g. `load_rows`; not `row_count`.
VERBS = frozenset("""
    abort abs accelerate accept access accumulate acquire act activate adapt add adjust advance
    aggregate alert align allocate allow alter analyse analyze animate announce append apply
    approve arrange ascend ask assemble assert assign associate attach attack attempt
    authenticate authorize await backup balance ban batch begin bet bind block book boost boot
    bounce branch break bring broadcast browse buffer build bump buy bypass cache calc calculate
    call cancel capitalize capture cast castle catch categorize center change charge chase check
    choose chop clamp classify clean cleanup clear click clip clone close cluster coerce
    collapse collect combine commit compact compare compile complain complete compose compress
    compute concat concatenate configure confirm connect construct consume continue control
    convert copy correct count cover crawl create crop cross cut cycle deactivate deal debug
    decide declare decode decorate decrease decrement decrypt deduce deduct deduplicate define
    deflate del delay delegate delete deliver demo demote deny deploy deposit dequeue derive
    describe deserialize destroy detach detect determine die diff digest disable discard
    disconnect discount discover dispatch display dispose distribute divide do double download
    draw drive drop dump duplicate earn eat echo edit elect eliminate embed emit empty emulate
    enable encode encrypt end enforce engineer enqueue enroll ensure enter enumerate erase
    escape establish estimate eval evaluate evolve examine exchange exclude exec execute exit
    expand expect expire explain explode explore export expose express extend extract fade fail
    feed fetch fight figure fill filter finalize find finish fire fit fix flag flash flatten
    flip float flush focus fold follow forbid force forecast forget fork form format forward
    free freeze fuse gather gen generate get give go grab grade grant greet group grow guard
    guess guide halt hand handle hash heal hide highlight hire hit hold host identify ignore
    illustrate imply import improve include increase increment indent index infer inflate inform
    inherit init initialise initialize inject insert inspect install instantiate integrate
    interact intercept interleave interpolate interpret interrupt intersect introduce invert
    investigate invoke issue iterate join judge jump keep kick kill label launch lay lead learn
    leave lend let level lex lift limit link list listen load locate lock log login logout look
    lookup loop lose lower mail maintain make manage map march mark marshal mask match maximize
    measure meet memoize mend merge migrate minimize mirror mix mock modify monitor mount move
    multiply mutate mute name navigate negate nest normalise normalize note notify obtain offer
    open operate optimize order organize output overlap overload override overwrite own pack pad
    paginate paint pair park parse partition pass paste patch pause pay peek perform permute
    persist pick pickle ping pipe place plan plant play plot point poll pop populate position
    post pour power predict prefetch prepare prepend present press pretty preview print process
    produce profile promote prompt propagate propose protect prove provide prune publish pull
    purchase purge push put query queue quit quote raise randomize range rank rate reach react
    read rebuild recalculate receive recognize recommend record recover redirect redo reduce
    refactor reflect refresh refund refuse register reject relate relax release reload remember
    remind remove rename render repair repeat replace replay reply report repr represent request
    require reschedule reserve reset resize resolve respond restart restock restore restrict
    resume retrieve retry return reverse revert review revoke rewrite roll rotate round route
    run sample sanitize satisfy save say scale scan schedule score scrape scroll seal search
    seed seek select sell send separate serialise serialize serve set settle shape share shift
    ship shoot show shrink shuffle shut shutdown sign simplify simulate skip sleep slice slide
    smooth snap solve sort sound spawn specify spend spin splash split spread squash stack start
    stash stop store stream strip study sub submit subscribe substitute subtract suggest sum
    summarise summarize supply support suppress suspend swap switch sync synchronize tag take
    talk teach tear teleport tell terminate think throw tick tidy tile time toggle tokenize
    touch trace track train transfer transform transition translate transmit transpose traverse
    treat trigger trim truncate try tune turn type undo unify union unite unlink update upgrade
    upload upsert use validate vary vectorize verify view visit vote wait wake walk warn wash
    watch weigh win wipe withdraw wrap write yield zip zoom
    """.split())


def is_verb(word: str) -> bool:
    """Return whether `word` is one of ``VERBS``, or one of them with an ending or a prefix.

    Endings are ``s`` and ``es``, prefixes ``re``, ``un`` and ``pre``: e.g. ``loads``, ``matches``
    and ``unlock``; not ``loading``. `word` must be in lower case.
    """
    forms = [word, word.removesuffix("s"), word.removesuffix("es")]
    forms += [word.removeprefix(prefix) for prefix in ("re", "un", "pre")]
    return any(form in VERBS for form in forms)
