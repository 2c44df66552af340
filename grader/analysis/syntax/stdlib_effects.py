"""A table of effects: what a call of a well-known function does besides returning a value.

Functions are found by their dotted name as the imports of a file resolve it, e.g.
``pandas.read_csv`` for ``pd.read_csv`` after ``import pandas as pd``. A whole module may have an
effect; the entry of a function wins over that of its module, and the entry of a submodule over that
of its package. Methods are found by the kind of value that they are called on; a few, whose name
says it whatever the value is, by their name alone.

Each function has one effect, the one that matters most to a reader. A missing entry means that the
effect is unknown, not that there is none. The tables are chosen by hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum, auto


class Effect(StrEnum):
    """What a call does besides returning a value. A function has one, the most important."""

    #: Shows text to the user on the screen.
    PRINTS = auto()
    #: Writes a log entry, a warning or a traceback, apart from the program's own output.
    LOGS = auto()
    #: Waits for input of the user: text or a choice.
    ASKS = auto()
    #: Reads a file or lists a folder. Opening a file counts as reading, even for writing; only
    #: :meth:`~grader.analysis.syntax.module.Module.effect_of` sees the mode of a call.
    READS = auto()
    #: Writes, moves or deletes a file or a folder.
    WRITES = auto()
    #: Draws a chart.
    CHARTS = auto()
    #: Draws or changes a window, the picture of a game or a web page.
    DRAWS = auto()
    #: Reads keys, the mouse, or a field of a window, without waiting.
    LISTENS = auto()
    #: Communicates with another machine.
    NETWORK = auto()
    #: Communicates with a database.
    DATABASE = auto()
    #: Starts or ends a process, changes its environment or folder, or runs code from text.
    SYSTEM = auto()
    #: Returns a random value.
    RANDOM = auto()
    #: Reads the clock, or waits.
    CLOCK = auto()
    #: Computes a value from its arguments and does nothing else.
    COMPUTES = auto()
    #: Cleans, groups, joins or sums up a table of data; the value is a new one.
    TRANSFORMS = auto()
    #: Takes the text of a web page apart.
    PARSES = auto()
    #: Fits a model to data.
    TRAINS = auto()
    #: Says how good the predictions of a model are.
    SCORES = auto()
    #: Changes the object that the method is called on.
    MUTATES = auto()


#: Effects by which a program exchanges data with a user, a file, a database or another machine.
OUTSIDE = frozenset(
    {
        *(Effect.PRINTS, Effect.ASKS, Effect.READS, Effect.WRITES, Effect.CHARTS),
        *(Effect.NETWORK, Effect.DATABASE),
    }
)


def _by_name(table: Mapping[Effect, str]) -> dict[str, Effect]:
    """Return the effect of each name, from a table of blank-separated names by effect."""
    return {name: effect for effect, names in table.items() for name in names.split()}


#: Effects of functions and classes by dotted name, builtins by their plain name, e.g.
#: ``os.listdir`` reads and ``print`` prints; ``os.getcwd`` has no entry.
_FUNCTIONS = _by_name(
    {
        Effect.PRINTS: """
            print pprint.pprint pprint.pp rich.print sys.stdout.write sys.stdout.writelines
            click.echo click.secho typer.echo typer.secho
            streamlit.write streamlit.text streamlit.markdown streamlit.dataframe streamlit.table
            streamlit.metric streamlit.json
            tkinter.messagebox.showinfo
            """,
        Effect.LOGS: "sys.stderr.write traceback.print_exc warnings.warn",
        Effect.ASKS: """
            input getpass.getpass sys.stdin.read sys.stdin.readline sys.stdin.readlines
            click.prompt click.confirm typer.prompt typer.confirm
            streamlit.text_input streamlit.text_area streamlit.number_input streamlit.selectbox
            streamlit.slider streamlit.button streamlit.checkbox streamlit.file_uploader
            streamlit.radio streamlit.multiselect streamlit.date_input streamlit.form_submit_button
            streamlit.sidebar.selectbox streamlit.sidebar.slider streamlit.sidebar.radio
            streamlit.sidebar.text_input streamlit.sidebar.number_input
            tkinter.simpledialog.askstring tkinter.simpledialog.askinteger
            tkinter.simpledialog.askfloat tkinter.messagebox.askyesno
            tkinter.filedialog.askopenfilename tkinter.filedialog.asksaveasfilename
            turtle.textinput turtle.numinput
            """,
        Effect.READS: """
            open io.open codecs.open gzip.open bz2.open lzma.open tarfile.open zipfile.ZipFile
            os.listdir os.scandir os.walk glob.glob glob.iglob linecache.getline fileinput.input
            json.load pickle.load marshal.load tomllib.load toml.load yaml.load yaml.safe_load
            joblib.load shelve.open
            pandas.read_csv pandas.read_excel pandas.read_json pandas.read_parquet
            pandas.read_table pandas.read_fwf pandas.read_pickle pandas.read_feather
            pandas.read_hdf pandas.read_html pandas.read_xml pandas.ExcelFile
            openpyxl.load_workbook
            numpy.load numpy.loadtxt numpy.genfromtxt numpy.fromfile
            torch.load torchvision.io.read_image tensorflow.io.read_file
            tensorflow.keras.models.load_model keras.models.load_model
            cv2.imread cv2.VideoCapture PIL.Image.open matplotlib.pyplot.imread
            tensorflow.keras.preprocessing.image.load_img
            """,
        Effect.WRITES: """
            json.dump pickle.dump marshal.dump toml.dump yaml.dump yaml.safe_dump joblib.dump
            os.makedirs os.mkdir os.remove os.removedirs os.rename os.replace os.rmdir os.symlink
            os.unlink shutil.copy shutil.copy2 shutil.copyfile shutil.copytree shutil.move
            shutil.rmtree shutil.make_archive
            numpy.save numpy.savetxt numpy.savez torch.save cv2.imwrite cv2.VideoWriter
            torchvision.utils.save_image
            pandas.ExcelWriter pygame.image.save tempfile.mkdtemp tempfile.mkstemp
            """,
        Effect.DRAWS: """
            cv2.imshow cv2.line cv2.circle cv2.rectangle cv2.putText
            tensorflow.keras.utils.plot_model PIL.ImageDraw.Draw
            """,
        Effect.LISTENS: """
            pygame.event.get pygame.event.poll pygame.event.wait pygame.key.get_pressed
            pygame.mouse.get_pos pygame.mouse.get_pressed cv2.waitKey
            """,
        Effect.DATABASE: """
            pandas.read_sql pandas.read_sql_query pandas.read_sql_table sqlite3.connect
            sqlalchemy.create_engine sqlalchemy.orm.sessionmaker sqlalchemy.orm.Session
            psycopg.connect psycopg2.connect pymysql.connect mysql.connector.connect
            pymongo.MongoClient redis.Redis sqlite3.Connection sqlite3.Cursor
            """,
        Effect.NETWORK: """
            urllib.request.urlopen urllib.request.urlretrieve webbrowser.open
            sklearn.datasets.fetch_openml tensorflow.keras.utils.get_file
            seaborn.load_dataset
            """,
        Effect.SYSTEM: """
            exec eval exit quit breakpoint sys.exit os.abort os.chdir os.environ.update os.kill
            os.popen os.putenv os.startfile os.system os.umask os._exit cv2.destroyAllWindows
            """,
        Effect.CLOCK: """
            datetime.datetime.now datetime.datetime.today datetime.datetime.utcnow
            datetime.date.today asyncio.sleep
            """,
        Effect.TRANSFORMS: """
            pandas.concat pandas.merge pandas.pivot_table pandas.crosstab pandas.cut pandas.qcut
            pandas.get_dummies
            """,
        Effect.PARSES: "bs4.BeautifulSoup lxml.html.fromstring lxml.etree.HTML",
        Effect.SCORES: """
            sklearn.model_selection.cross_val_score sklearn.model_selection.cross_validate
            """,
        Effect.COMPUTES: """
            abs divmod len max min pow round sorted sum
            """,
    }
)

#: Modules and packages of which every function without an entry of its own has the same effect,
#: e.g. ``random.choice``, ``time.sleep``; ``os`` is not listed, because its functions differ.
_MODULES = _by_name(
    {
        Effect.CHARTS: "matplotlib seaborn plotly bokeh altair",
        Effect.DRAWS: """
            pygame.draw pygame.display pygame.gfxdraw pygame.sprite tkinter turtle curses streamlit
            customtkinter
            """,
        Effect.NETWORK: """
            requests httpx aiohttp urllib.request http.client socket smtplib ftplib imaplib
            poplib telnetlib xmlrpc.client websockets paramiko
            """,
        Effect.LOGS: "logging loguru",
        Effect.SYSTEM: "subprocess multiprocessing signal",
        Effect.RANDOM: "random secrets numpy.random uuid",
        Effect.CLOCK: "time pygame.time",
        Effect.SCORES: "sklearn.metrics",
        Effect.COMPUTES: """
            math cmath statistics fractions decimal itertools functools operator bisect heapq
            numpy scipy sklearn torch tensorflow keras
            """,
    }
)

#: The kind of value that a call returns, by the dotted name of the function. e.g. ``open(...)``
#: returns a "file". Of some kinds, :data:`_METHODS_OF` knows the methods.
_KINDS = {
    name: kind
    for kind, names in {
        "file": """
            open io.open codecs.open gzip.open bz2.open lzma.open tempfile.TemporaryFile
            tempfile.NamedTemporaryFile
            """,
        "frame": """
            pandas.DataFrame pandas.Series pandas.read_csv pandas.read_excel pandas.read_json
            pandas.read_parquet pandas.read_table pandas.read_sql pandas.concat pandas.merge
            pandas.read_sql_query pandas.read_pickle pandas.read_html pandas.get_dummies
            pandas.pivot_table pandas.crosstab seaborn.load_dataset
            """,
        "connection": """
            sqlite3.connect psycopg.connect psycopg2.connect pymysql.connect
            mysql.connector.connect sqlalchemy.create_engine sqlalchemy.orm.Session
            sqlite3.Connection sqlite3.Cursor psycopg2.extensions.connection
            psycopg2.extensions.cursor
            """,
        "mapper": "flask_sqlalchemy.SQLAlchemy",
        "documents": "pymongo.MongoClient",
        "browser": """
            selenium.webdriver.Chrome selenium.webdriver.Firefox selenium.webdriver.Edge
            selenium.webdriver.Safari
            """,
        "photo": "PIL.Image.open PIL.Image.new",
        "workbook": "openpyxl.Workbook openpyxl.load_workbook",
        "client": "requests.Session requests.session httpx.Client httpx.AsyncClient",
        "socket": "socket.socket socket.create_connection",
        "surface": "pygame.display.set_mode pygame.Surface",
        "picture": "pygame.image.load tkinter.PhotoImage tkinter.BitmapImage",
        "clock": "pygame.time.Clock",
        "group": "pygame.sprite.Group pygame.sprite.GroupSingle",
        "camera": "cv2.VideoCapture",
        "chart": """
            matplotlib.pyplot.figure matplotlib.pyplot.subplots matplotlib.pyplot.axes
            matplotlib.pyplot.gca matplotlib.pyplot.subplot
            """,
        "canvas": "tkinter.Canvas turtle.Turtle turtle.Screen turtle.Pen",
        "generator": "random.Random numpy.random.default_rng numpy.random.RandomState",
        "list": "list",
        "dict": "dict collections.defaultdict collections.OrderedDict collections.Counter",
        "set": "set",
        "deque": "collections.deque",
    }.items()
    for name in names.split()
}

#: The kind of every class of a module that has no kind of its own, e.g. ``tkinter.Entry``; not
#: ``tkinter.messagebox.showinfo``, a function.
_KINDS_OF_CLASSES = {
    "tkinter": "window",
    "tkinter.ttk": "window",
    "customtkinter": "window",
}
#: Packages whose classes, at any depth, are models of machine learning, e.g. ``sklearn.svm.SVC``.
_MODELS = tuple("sklearn. xgboost. lightgbm. catboost. keras. tensorflow.keras. torch.nn.".split())

#: Kinds of which also what is derived from a value has the kind: in ``frame.groupby("town")``,
#: ``frame["price"]`` and ``frame.price.str`` there is a "frame"; a ``cursor()`` of a "connection"
#: is one. Not "file": ``stream.read()`` is a text.
DERIVING = frozenset({"frame", "connection", "mapper", "documents", "chart", "browser", "workbook"})

#: Effects of methods, by the kind of value that they are called on.
_METHODS_OF = {
    "file": {
        Effect.READS: "read readline readlines",
        Effect.WRITES: "write writelines truncate flush",
    },
    "frame": {
        Effect.WRITES: "to_csv to_excel to_json to_parquet to_pickle to_feather to_hdf to_html",
        Effect.TRANSFORMS: """
            agg aggregate apply corr cumsum describe diff drop_duplicates dropna explode ffill
            fillna groupby interpolate isin join map max mean median melt merge min mode nlargest
            nsmallest
            nunique pivot pivot_table quantile rank replace resample rolling shift size sort_values
            std sum transform unstack value_counts var
            """,
        Effect.DATABASE: "to_sql",
        Effect.CHARTS: "plot hist boxplot",
        Effect.PRINTS: "info",
        Effect.RANDOM: "sample",
    },
    "connection": {Effect.DATABASE: """
            add add_all begin close commit connect cursor delete execute executemany
            executescript fetchall fetchmany fetchone flush merge query refresh rollback scalar
            scalars
            """},
    "mapper": {
        Effect.DATABASE: "add add_all commit delete execute merge query rollback scalar scalars"
    },
    "documents": {Effect.DATABASE: """
            aggregate bulk_write count_documents create_index delete_many delete_one drop find
            find_one find_one_and_update insert_many insert_one replace_one update_many update_one
            """},
    "chart": {Effect.CHARTS: """
            add_subplot add_trace annotate axhline axis axvline bar barh boxplot contour
            fill_between grid hist imshow legend pie plot savefig scatter set_title
            set_xlabel set_xticks set_ylabel set_yticks show stackplot suptitle text
            update_layout violinplot write_html write_image
            """},
    "browser": {Effect.NETWORK: """
            click execute_script find_element find_elements get quit refresh send_keys submit
            """},
    "photo": {Effect.WRITES: "save", Effect.DRAWS: "show"},
    "workbook": {Effect.WRITES: "append cell create_sheet save"},
    "model": {
        Effect.TRAINS: "fit fit_generator fit_predict fit_transform partial_fit train_on_batch",
        Effect.SCORES: "evaluate score",
        Effect.COMPUTES: "predict predict_proba transform",
        Effect.WRITES: "save save_model save_weights",
    },
    "window": {Effect.LISTENS: "get", Effect.DRAWS: "config configure delete insert set"},
    "client": {
        Effect.NETWORK: "delete get head options patch post put request send stream",
    },
    "socket": {Effect.NETWORK: "accept bind connect listen recv recvfrom send sendall sendto"},
    "surface": {Effect.DRAWS: "blit blits fill scroll set_at"},
    "picture": {Effect.DRAWS: "blit blits fill scroll set_at"},
    "canvas": {Effect.DRAWS: """
            backward begin_fill circle clear color create_image create_line create_oval
            create_polygon create_rectangle create_text delete dot down end_fill fd forward goto
            itemconfig left lt move pencolor pendown pensize penup right rt setheading stamp up
            update write
            """},
    "generator": {Effect.RANDOM: """
            choice choices gauss integers normal permutation rand randint random randrange
            sample shuffle uniform
            """},
    "list": {Effect.MUTATES: "append clear extend insert pop remove reverse sort"},
    "dict": {Effect.MUTATES: "clear pop popitem setdefault subtract update"},
    "set": {
        Effect.MUTATES: "add clear difference_update discard intersection_update pop remove update"
    },
    "deque": {Effect.MUTATES: """
            append appendleft clear extend extendleft insert pop popleft remove reverse rotate
            """},
}
_METHODS_BY_KIND = {kind: _by_name(table) for kind, table in _METHODS_OF.items()}

#: Methods whose effect is known by their name alone, e.g. ``path.read_text()``, and
#: ``sales.dropna()`` where ``sales`` is an argument. ``read``, ``write``, ``execute``, ``merge``
#: and ``plot`` are left out: a sensor, a queue, a command, a branch or a story may have them.
_METHODS = _by_name(
    {
        Effect.READS: "read_bytes read_text readlines",
        Effect.WRITES: "write_bytes write_text to_csv to_excel to_parquet to_pickle",
        Effect.TRANSFORMS: """
            drop_duplicates dropna fillna groupby nlargest nsmallest nunique pivot_table sort_values
            value_counts
            """,
        Effect.DATABASE: """
            executemany executescript fetchall fetchmany fetchone to_sql
            insert_one insert_many find_one update_one update_many delete_one delete_many
            """,
        Effect.NETWORK: "iter_content raise_for_status",
        Effect.CHARTS: "savefig set_xlabel set_ylabel update_layout",
        Effect.DRAWS: "blit",
        Effect.TRAINS: "fit fit_predict fit_transform partial_fit zero_grad",
    }
)

#: Names of the methods that change a list, a dictionary, a set or a deque in place.
MUTATORS = frozenset(
    name
    for methods in _METHODS_BY_KIND.values()
    for name, effect in methods.items()
    if effect is Effect.MUTATES
)

#: Functions that change their first argument in place, e.g. ``random.shuffle(cards)``; not
#: ``random.sample(cards, 5)``, which makes a new list.
ARGUMENT_CHANGERS = frozenset(
    "bisect.insort bisect.insort_left bisect.insort_right heapq.heapify heapq.heappop"
    " heapq.heappush heapq.heappushpop heapq.heapreplace numpy.random.shuffle"
    " random.shuffle".split()
)

#: Modules of which every function only returns a value, e.g. ``math.sqrt``, or the time; not
#: ``numpy``, which has ``numpy.seterr``, nor ``operator``, which has ``operator.setitem``.
_PURE_MODULES = frozenset({"", "cmath", "datetime", "fractions", "math", "statistics", "time"})
#: Functions of other modules that only return a value, and are often assigned and forgotten.
_PURE = frozenset(
    """os.getcwd os.getenv os.path.abspath os.path.basename os.path.dirname os.path.exists
    os.path.join os.path.splitext""".split()
)
#: Functions of these that do more: they wait, or set the time zone.
_IMPURE = frozenset({"time.sleep", "time.tzset"})

#: Methods that only texts have, in the standard library and in common packages. They return a new
#: value; the last ones say yes or no. e.g. ``strip``; not ``replace``, which moves the file of a
#: ``Path``, nor ``title``, ``count`` and ``format``, which often are attributes of other objects.
QUESTIONS_ABOUT_TEXT = frozenset(
    """isalnum isalpha isascii isdecimal isdigit isidentifier islower isnumeric isprintable isspace
    istitle isupper startswith endswith""".split()
)
TEXT_METHODS = QUESTIONS_ABOUT_TEXT | frozenset(
    "capitalize casefold lower lstrip rstrip splitlines strip swapcase upper zfill".split()
)


def effect_of(dotted: str) -> Effect | None:
    """Return the effect of the function with the full name ``dotted``, ``None`` if it is not known.

    ``dotted`` is e.g. ``pandas.read_csv``, even if the file writes ``pd.read_csv``; a builtin has
    its plain name. The effect is the entry of the function itself in the tables of this module, or
    else that of the nearest module or package around it.
    """
    found = _FUNCTIONS.get(dotted)
    while found is None and "." in dotted:
        dotted = dotted.rpartition(".")[0]
        found = _MODULES.get(dotted)
    return found


def is_pure(dotted: str) -> bool:
    """Return whether a call of ``dotted``, a name as for :func:`effect_of`, only returns a value.

    Then a call whose value is not used can go, e.g. ``time.time()``. It may raise an error.
    """
    if dotted in _PURE:
        return True
    effect, module = effect_of(dotted), dotted.partition(".")[0] if "." in dotted else ""
    known = effect in (Effect.COMPUTES, Effect.CLOCK) and module in _PURE_MODULES
    return known and dotted not in _IMPURE


def kind_of(dotted: str) -> str:
    """Return the kind of value that a call of ``dotted`` returns, e.g. "file" for ``open``.

    ``dotted`` is a full name as for :func:`effect_of`. Kinds are words of this module for
    :func:`effect_of_method`, e.g. "frame", "socket" or "list"; "" if the kind is unknown.
    """
    module, _, name = dotted.rpartition(".")
    if dotted in _KINDS or not name[:1].isupper():
        return _KINDS.get(dotted, "")
    return "model" if dotted.startswith(_MODELS) else _KINDS_OF_CLASSES.get(module, "")


def effect_of_method(name: str, kind: str = "") -> Effect | None:
    """Return the effect of the method ``name`` of a value of ``kind``, or ``None`` if unknown.

    ``kind`` is a result of :func:`kind_of`. A few methods, e.g. ``read_text``, are known by their
    name alone, whatever the kind; with an empty ``kind``, only these have an effect.
    """
    return _METHODS_BY_KIND.get(kind, {}).get(name) or _METHODS.get(name)


#: Names of methods that have an effect on a value of some kind.
_METHOD_NAMES = frozenset(_METHODS).union(*_METHODS_BY_KIND.values())


def is_method_with_effect(name: str) -> bool:
    """Return whether a method ``name`` has an effect in the table, for any kind of value."""
    return name in _METHOD_NAMES
