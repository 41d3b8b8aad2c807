/**
 * What chat templates may use, and what leads out of a template. The allowed names are those that 80 published templates use or that the engines of
 * llama.cpp, minja and transformers know, as far as they only read and shape text, lists and mappings (21 November 2026).
 */
function set(words: string): ReadonlySet<string> {
  return new Set(words.trim().split(/\s+/));
}

/** Pure filters of Jinja and of transformers. `from_json` reads plain data from a text (templates of DeepSeek). Left out on purpose: `attr` (attributes by name), `random` (another prompt each time), `pprint` and `xmlattr` (show objects). */
export const ALLOWED_FILTERS = set(`
  abs batch capitalize center count d default dictsort e escape filesizeformat first float forceescape format from_json groupby indent int items join last length
  list lower map max min reject rejectattr replace reverse round safe select selectattr slice sort split string striptags sum title tojson trim truncate
  unique upper urlencode wordcount wordwrap
`);

/** Every test of Jinja; they only answer yes or no. `contains` and `startingwith` are common additions. */
export const ALLOWED_TESTS = set(`
  boolean callable contains defined divisibleby endingwith eq equalto escaped even false filter float ge greaterthan gt in integer iterable le lessthan
  lower lt mapping match ne none number odd sameas sequence startingwith string test true undefined upper == != < <= > >=
`);

/** Methods of str, list and dict that read, or that change a list or dict of the template's own. */
export const ALLOWED_METHODS = set(`
  append capitalize casefold copy count endswith extend find format get index insert isalnum isalpha isdecimal isdigit islower isnumeric isspace istitle
  isupper items join keys ljust lower lstrip partition pop removeprefix removesuffix replace rfind rindex rjust rpartition rsplit rstrip setdefault split
  splitlines startswith strip strftime swapcase title update upper values zfill center expandtabs
`);

/** Methods of the `loop` object. */
export const LOOP_METHODS = set("cycle changed");

/** Functions that every engine for chat templates provides, and `dict`, which makes a mapping. */
export const ALLOWED_CALLS = set("namespace raise_exception range strftime_now dict caller");

/** Functions and objects of the renderer that are ways into its code when they are used as values: their attributes are Python's. */
export const HELPERS = set(`
  cycler dict joiner lipsum namespace range raise_exception strftime_now url_for get_flashed_messages self super gettext ngettext
`);

/** Names of Python's built-in functions and of the usual execution calls. No text, list or mapping has such a method. */
export const EXECUTING = set(`
  open eval exec execfile compile getattr setattr delattr globals locals vars input breakpoint import_module import_string load_module exec_module
  popen system Popen check_output check_call getoutput getstatusoutput spawn spawnl spawnv spawnvp execl execv execve execvp fork forkpty posix_spawn
  run_module run_path run_code from_string get_template select_template load_template compile_expression call_function mro format_map
`);

/** Attributes of frames, generators, coroutines, code objects and functions, and the resolution order of classes. */
export const FRAME_NAMES = set(`
  gi_frame gi_code gi_yieldfrom cr_frame cr_code cr_await cr_origin ag_frame ag_code ag_await f_back f_globals f_locals f_builtins f_code tb_frame tb_next
  tb_lasti func_globals func_code func_closure func_defaults func_dict im_func im_self im_class co_code co_consts co_names mro
`);

/** Tags that load another template: a file of the renderer's machine. */
export const LOADING_TAGS = set("import from include extends");

/** Tags beyond the common ones that do nothing but mark text. */
export const ALLOWED_TAGS = set("generation");
