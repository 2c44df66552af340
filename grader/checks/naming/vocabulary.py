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
    action after all any are as at before by can contains does equals exists for from had has have
    in into is main may must needs no not of on should setup still teardown test then to was were
    when will with without would
    """.split())

#: Whole names without a verb that are customary: of methods of containers (`items`), of what
#: moves (`up`), `main`; not `total`.
CUSTOMARY = frozenset("""
    append asdict backward backwards callback clear cli clockwise counter_clockwise
    counterclockwise decorator default down downgrade fileno inner items iter keys
    lambda_handler left len main next objective popitem right setdefault up upgrade values wrap
    wrapped wrapper
    """.split())
#: Last words of functions that are passed on for others to call, and named by that role or by the
#: event: `error_handler`, `button_clicked`; not `handler_table`.
ROLES = frozenset("""
    callback changed click clicked closed decorator factory handler hook listener middleware opened
    pressed received released selected
    """.split())
#: Algorithms, whose name is what they do: `binary_search`; not `item_search`.
ALGORITHMS = frozenset("""
    a_star alpha_beta bfs binary_search breadth_first_search breadth_search bubble_sort bubblesort
    caesar caesar_cipher counting_sort cross_validation depth_first_search depth_search dfs
    dijkstra factorial fibonacci
    flood_fill gcd gradient_descent grid_search heapsort heap_sort insertion_sort lcm linear_search
    merge_sort mergesort minimax negamax quicksort quick_sort radix_sort random_search
    selection_sort shell_sort sieve
    """.split())
#: First words that say how the verb after them is done: `auto_save`; not `auto_parts`.
ADVERBS = frozenset("auto batch bulk double lazy multi quick safe safely".split())

#: Verbs with which the name of a function may begin: e.g. `load_rows`; not `row_count`.
VERBS = frozenset("""
    abort abs accelerate accept access accumulate acquire act activate adapt add adjust advance
    aggregate alert align allocate allow alter analyse analyze animate annotate announce append
    apply approve arrange ascend ask assemble assert assign associate attach attack attempt
    authenticate authorize autosave await backtest backup balance ban bark batch begin bet
    binarize bind bite blame blend blit block blur book boost boot bootstrap bounce branch break
    breathe bring broadcast browse buffer build bump bundle burn buy bypass cache calc calculate
    calibrate call cancel capitalize capture cast castle catch categorise categorize celebrate
    censor center chain change charge chase cheat check chew choose chop chunk cite clamp
    classify clean cleanup clear click climb clip clone close cluck cluster coerce collapse
    collect collide colorize combine commit compact compare compile complain complete compose
    compress compute concat concatenate concede condense config configure confirm connect
    construct consume contact continue control converge convert convolve cook copy correct count
    cover crack craft crash crawl create credit crop cross cry customize cut cycle damage dance
    deactivate deal debit debug decide declare decode decorate decrease decrement decrypt deduce
    deduct deduplicate defend defer define deflate del delay delegate delete deliver demo
    demonstrate demote deny depict deploy deposit dequeue derive describe deserialize destroy
    detach detect determine diagnose dial die diff digest dilate dim disable discard disconnect
    discount discover dispatch display dispose distribute dive divide do dodge double download
    drain draw drill drink drive drop dump duplicate earn eat echo edit elect elevate eliminate
    embark embed emit empty emulate enable encapsulate encode encrypt end enforce engage
    engineer enhance enqueue enrich enroll ensure enter enumerate equalize equip erase erode
    escape establish estimate evade eval evaluate evict evolve examine exchange excite exclude
    exec execute exhale exhaust exit expand expect expire explain explode exploit explore export
    expose express extend extract extrapolate factorize fade fail fake feed fetch fight figure
    fill filter finalise finalize find finish fire fit fix flag flash flatten flee flip float
    flush fly focus fold follow forbid force forecast forge forget fork form format forward free
    freeze fund fuse gallop gather gen generate get give glue go grab grade grant graze greet
    grind group grow growl guarantee guard guess guide hack halt hand handle harvest hash hatch
    heal help hibernate hide highlight hire hiss hit hold hop host hover hum hunt hurt hydrate
    identify ignore illustrate impersonate imply import improve impute include incorporate
    increase increment indent index infer inflate inform ingest inhale inherit init initialise
    initialize inject inline inquire insert inspect install instantiate instruct integrate
    interact intercept interleave interpolate interpret interrupt intersect introduce invert
    investigate invite invoke issue iterate jitter join judge juggle jump keep kick kill kneel
    knock label land laugh launch lay lead learn leave lemmatize lend let level lex lift limit
    link lint list listen load localize locate lock log login logout look lookup loop loot lose
    lower lowercase magnify mail maintain make manage manipulate map march mark marshal mask
    match materialize maximise maximize measure meet melt memoise memoize memorize mend meow
    merge migrate minimise minimize mint mirror mix mock modify monitor moo mount move multiply
    mutate mute nag name navigate negate nest nod normalise normalize note notify nudge nullify
    obey obfuscate obtain offer open operate optimise optimize order organise organize output
    overlap overload override oversample overwrite own pack pad paginate paint pair paralyze
    paraphrase park parse partition pass paste patch pause pay peek peel penalize perform
    permute persist perturb pick pickle ping pipe pivot place plan plant play plot point polish
    poll pop populate portray position post pour power praise predict prefetch preload prepare
    prepend present press pretty preview print prioritize probe process produce profile promise
    promote prompt propagate propose protect prove provide provision prune publish pull punish
    purchase purge purify purr pursue push put quack quantize query queue quit quote raise
    randomise randomize range rank rate reach react read rebuild recalculate receive recite
    recognise recognize recommend record recover redirect redo reduce refactor reflect refresh
    refund refuse register reimburse reject relate relax relay release reload remember remind
    remove rename render rent repair repeat repel replace replay replenish reply report repr
    represent request require reschedule rescue reserve reset resize resolve respond restart
    restock restore restrict resume retrieve retry return reverse revert review revoke rewrite
    rinse roar rob roll rotate round route ruin run sample sanitize satisfy save say scaffold
    scale scan scare schedule score scramble scrape scroll scrub seal search secure seed seek
    segment select sell send separate serialise serialize serve set settle shape share shave
    shield shift ship shoot shorten shout show shrink shuffle shut shutdown sign simplify
    simulate sing sit sketch skip sleep slice slide slugify smash smile smooth snap sniff soak
    solve sort sound spam spawn specify spell spend spin splash split spread spy squash squeak
    squeeze stabilize stack stand standardise standardize start stash steal steer stitch stop
    store stream strike stringify strip study sub submit subsample subscribe substitute subtract
    succeed suggest sum summarise summarize supply support suppress surrender survive suspend
    swap swim switch sync synchronise synchronize synthesise synthesize tabulate tackle tag take
    talk tame tap taste teach tear teleport tell terminate think throw tick tidy tile tilt time
    toggle tokenise tokenize touch trace track train transfer transform transition translate
    transmit transpose trap travel traverse treat triage trigger trim truncate try tune turn
    type undersample undo unify union unite unlink unzip update upgrade upload uppercase upsert
    use vaccinate validate vanish vary vectorize verify view visit visualise visualize vote wait
    wake walk wander warm warn warp wash watch wave weigh whisper whistle widen win wipe
    withdraw wrangle wrap wreck write yell yield zap zip zoom
    """.split())


def is_verb(word: str) -> bool:
    """Return whether `word` is one of ``VERBS``, or one of them with an ending or a prefix.

    Endings are ``s`` and ``es``, prefixes ``re``, ``un`` and ``pre``: e.g. ``loads``, ``matches``
    and ``unlock``; not ``loading``. `word` must be in lower case.
    """
    forms = [word, word.removesuffix("s"), word.removesuffix("es")]
    forms += [word.removeprefix(prefix) for prefix in ("re", "un", "pre")]
    return any(form in VERBS for form in forms)
