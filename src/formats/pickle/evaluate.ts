import type { AttributeRead } from "./facts.ts";
import { type Call, type Deferred, deferred, entryOf, type Global, isObject, itemsOf, type ModuleObject, type Value } from "./values.ts";

/** What a computed callable needs from the interpreter. */
export interface Resolver {
  /** A global that an expression resolves to; recorded like one that the stream names. */
  computed(module: string, name: string, source: Call): Global;
  /** Calls a value with arguments, as REDUCE does. `source` is the expression that makes it happen. */
  call(callee: Value, args: readonly Value[], source: Call, kwargs?: Value, how?: Call["how"]): Value;
  /** Notes a call of getattr. */
  attributeRead(read: AttributeRead): void;
  /** Notes a call of the function that carries bytes as text with another codec than pickle uses for it. */
  otherCodec(codec: Value): undefined;
  /** Notes that a callable will be called later, or on other values, by `source`; of a partial, that it is kept until somebody calls that. */
  calledLater(callee: Value, args: readonly Value[], source: Call, by?: "call" | "partial"): void;
}

/** Attribute paths beyond this are no names any more. */
const MAX_PATH = 512;

export type Evaluator = (call: Call, args: readonly Value[], resolver: Resolver) => Value | undefined;

/**
 * Callables whose result is another callable or module. What Python would find is found, so that `getattr(import_module('os'), 'system')` is
 * `os.system`. Anything that is not literal stays a call.
 */
const EVALUATORS: ReadonlyMap<string, Evaluator> = new Map<string, Evaluator>([
  ["builtins.getattr", readAttribute],
  ["builtins.__import__", (call, [name]) => (typeof name === "string" ? imported(call, name) : undefined)],
  ["builtins.vars", (call, [target], r) => attribute(target, "__dict__", call, r)],
  ["_codecs.encode", (_call, [, codec], r) => (codec === "latin1" ? undefined : r.otherCodec(codec ?? null))],
  ["builtins.apply", (call, [callee, args], r) => r.call(callee ?? null, itemsOf(args ?? null), call)],
  ["copyreg._reconstructor", restoredObject],
  ["importlib.import_module", (call, [name]) => (typeof name === "string" ? moduleObject(name, call) : undefined)],
  ["importlib._bootstrap._gcd_import", (call, [name]) => (typeof name === "string" ? moduleObject(name, call) : undefined)],
  ["pkgutil.resolve_name", (call, [name], r) => (typeof name === "string" ? resolvedName(name, call, r) : undefined)],
  ["pydoc.locate", (call, [name], r) => (typeof name === "string" ? resolvedName(name, call, r) : undefined)],
  ["operator.attrgetter", (call, parts) => deferred("attrgetter", parts, call)],
  ["operator.itemgetter", (call, parts) => deferred("itemgetter", parts, call)],
  ["operator.methodcaller", (call, parts) => deferred("methodcaller", parts, call)],
  ["operator.getitem", (call, [target, key], r) => item(target, key, call, r)],
  ["numpy.core._ufunc_reconstruct", namedFunction],
  ["numpy._core._ufunc_reconstruct", namedFunction],
  ["torch._tensor._rebuild_from_type", rebuilt],
  ["torch._tensor._rebuild_from_type_v2", rebuilt],
  ["jax._src.array._reconstruct_array", (call, [callee = null, args = null], r) => called(callee, itemsOf(args), call, r)],
  ["dill._dill._create_array", (call, [callee = null, args = null], r) => called(callee, itemsOf(args), call, r)],
  ["numpy.random._pickle.__generator_ctor", (call, [generator = null, callee = null], r) => called(callee, [generator], call, r)],
  ["numpy.random._pickle.__randomstate_ctor", (call, [generator = null, callee = null], r) => called(callee, [generator], call, r)],
  ["operator.call", (call, [callee, ...args], r) => r.call(callee ?? null, args, call)],
  ["functools.partial", partial],
  ["functools.partialmethod", partial],
  ["types.MethodType", partial],
  ["functools.reduce", reduce],
  ["builtins.map", applied],
  ["builtins.filter", applied],
  ["itertools.starmap", applied],
  ["itertools.takewhile", applied],
  ["itertools.dropwhile", applied],
  ["itertools.filterfalse", applied],
  ["builtins.iter", (call, [callee], r) => (isCallable(callee) ? later(callee, [], call, r) : undefined)],
  ["itertools.accumulate", (call, [values, callee], r) => (callee === undefined ? undefined : later(callee, [values ?? null], call, r))],
  ["itertools.groupby", (call, [values, callee], r) => (callee === undefined ? undefined : later(callee, [values ?? null], call, r))],
]);

const ALIASES: Readonly<Record<string, string>> = {
  __builtin__: "builtins",
  copy_reg: "copyreg",
  _operator: "operator",
  _functools: "functools",
  _frozen_importlib: "importlib._bootstrap",
};

const PYTHON_2_PLACES: Readonly<Record<string, string>> = {
  "builtins.reduce": "functools.reduce",
  "builtins.xrange": "builtins.range",
  "builtins.long": "builtins.int",
  "builtins.imap": "builtins.map",
  "itertools.imap": "builtins.map",
  "itertools.ifilter": "builtins.filter",
  "new.instancemethod": "types.MethodType",
};

function readAttribute(call: Call, [target, name]: readonly Value[], resolver: Resolver): Value | undefined {
  const owner = target === undefined ? undefined : ownerOf(target);
  const literal = typeof name === "string" ? name : null;
  const bound = target === undefined || !isObject(target) || target.kind !== "global";
  resolver.attributeRead({ bound, module: owner?.module ?? null, name: owner?.name ?? "", attribute: literal });
  return literal === null ? undefined : attribute(target, literal, call, resolver);
}

/** What calling this global yields, where that is known. */
export function evaluatorOf(module: string, name: string): Evaluator | undefined {
  return EVALUATORS.get(canonicalName(module, name)) ?? methodEvaluator(module, name);
}

/** The name under which the callables that are followed here are known, for the names of Python 2 and of C halves. */
export function canonicalName(module: string, name: string): string {
  const key = `${ALIASES[module] ?? module}.${name}`;
  return PYTHON_2_PLACES[key] ?? key;
}

/** `_ufunc_reconstruct('numpy', 'log1p')` imports the one and takes the other from it. */
function namedFunction(call: Call, [module, name]: readonly Value[], resolver: Resolver): Value | undefined {
  return typeof module === "string" && typeof name === "string" ? resolver.computed(module, name, call) : undefined;
}

/** `X.__getattribute__('a')`, `X.__dict__.get('a')`, `sys.modules.get('os')`, `X.__call__(…)`: methods that look up or call. */
function methodEvaluator(module: string, name: string): Evaluator | undefined {
  const dot = name.lastIndexOf(".");
  if (dot < 0) return undefined;
  const [owner, method] = [name.slice(0, dot), name.slice(dot + 1)];
  if (method === "__getattribute__" || method === "__getattr__")
    return (call, args, r) => {
      const key = args.at(-1);
      return typeof key === "string" ? attributeOfGlobal(module, owner, key, call, r) : undefined;
    };
  if (method === "__call__") return (call, args, r) => r.call(r.computed(module, owner, call), args, call);
  if (method === "get" || method === "__getitem__" || method === "pop")
    return (call, [key], r) => (typeof key === "string" ? itemOfGlobal(module, owner, key, call, r) : undefined);
  return undefined;
}

function partial(call: Call, args: readonly Value[], resolver: Resolver): Deferred {
  resolver.calledLater(args[0] ?? null, args.slice(1), call, "partial");
  return deferred("partial", args, call);
}

function applied(call: Call, args: readonly Value[], resolver: Resolver): undefined {
  resolver.calledLater(args[0] ?? null, args.slice(1), call);
}

function later(callee: Value, args: readonly Value[], call: Call, resolver: Resolver): undefined {
  resolver.calledLater(callee, args, call);
}

/** reduce(f, [a, b]) is f(a, b): one step is followed, which is what turns `reduce(getattr, [os, 'system'])` into os.system. */
function reduce(call: Call, [callee, values, initial]: readonly Value[], resolver: Resolver): Value | undefined {
  if (callee === undefined) return undefined;
  const given = initial === undefined ? itemsOf(values ?? null) : [initial, ...itemsOf(values ?? null)];
  let result = given[0];
  if (result === undefined || given.length < 2) return later(callee, [values ?? null], call, resolver);
  for (const next of given.slice(1, 9)) result = resolver.call(callee, [result, next], call);
  return result;
}

/** Calls what it is given, for a value that is not known any further. */
function called(callee: Value, args: readonly Value[], call: Call, resolver: Resolver): undefined {
  if (isCallable(callee)) resolver.call(callee, args, call);
}

/** `_rebuild_from_type_v2(make, type, args, state)` calls the first with the third. */
function rebuilt(call: Call, [callee, , args]: readonly Value[], resolver: Resolver): undefined {
  if (isCallable(callee)) resolver.call(callee, itemsOf(args ?? null), call);
}

/** `_reconstructor(cls, base, state)` is `base.__new__(cls, state)`, and calls `base.__init__` where the base is not `object`. */
function restoredObject(call: Call, [type = null, base = null, state = null]: readonly Value[], resolver: Resolver): Value | undefined {
  if (!isObject(type) || type.kind !== "global") return undefined;
  if (isObject(base) && base.kind === "global" && canonicalName(base.module, "") !== "builtins.") resolver.call(base, [state], call);
  return resolver.call(type, [], call, null, "new");
}

function isCallable(value: Value | undefined): value is Global | Deferred {
  return value !== undefined && isObject(value) && (value.kind === "global" || "parts" in value);
}

/** Calls attrgetter('a.b'), itemgetter('k'), methodcaller('m', …) or partial(f, …). */
export function callDeferred(deferred: Deferred, args: readonly Value[], call: Call, resolver: Resolver): Value | undefined {
  const [first, ...rest] = deferred.parts;
  switch (deferred.kind) {
    case "partial":
      return resolver.call(first ?? null, [...rest, ...args].slice(0, 64), call, deferred.kwargs);
    case "attrgetter":
      return typeof first === "string" ? attribute(args[0], first, call, resolver) : undefined;
    case "itemgetter":
      return item(args[0], first, call, resolver);
    case "methodcaller": {
      const method = typeof first === "string" ? attribute(args[0], first, call, resolver) : undefined;
      return method === undefined ? undefined : resolver.call(method, rest, call);
    }
  }
}

function moduleObject(name: string, source: Call): ModuleObject {
  return { kind: "module", name, source };
}

/** `__import__('a.b')` yields `a`, unless a fromlist is given. */
function imported(call: Call, name: string): ModuleObject {
  const from = itemsOf(call.args)[3] ?? entryOf(call.kwargs, "fromlist");
  const whole = from !== undefined && itemsOf(from).length > 0;
  return moduleObject(whole ? name : (name.split(".", 1)[0] ?? name), call);
}

/** `os:system`, `os.system`, `os`. Where no colon divides, the last part is taken for the attribute. */
function resolvedName(name: string, call: Call, resolver: Resolver): Value {
  const colon = name.indexOf(":");
  if (colon >= 0) return resolver.computed(name.slice(0, colon), name.slice(colon + 1), call);
  const dot = name.lastIndexOf(".");
  return dot < 0 ? moduleObject(name, call) : resolver.computed(name.slice(0, dot), name.slice(dot + 1), call);
}

/** The attribute `path` of a value, as a global where its owner is known. */
function attribute(target: Value | undefined, path: string, call: Call, resolver: Resolver): Value | undefined {
  if (target === undefined) return undefined;
  const owner = ownerOf(target);
  return owner === undefined ? undefined : attributeOfGlobal(owner.module, owner.name, path, call, resolver);
}

function attributeOfGlobal(module: string, name: string, path: string, call: Call, resolver: Resolver): Value | undefined {
  if (module.length + name.length + path.length > MAX_PATH) return undefined;
  if (name === "" && module === "builtins" && path === "__dict__") return resolver.computed("builtins", "__dict__", call);
  return resolver.computed(module, name === "" ? path : `${name}.${path}`, call);
}

/** Module and name whose attributes a value has: its own, or those of its class. */
function ownerOf(value: Value): { readonly module: string; readonly name: string } | undefined {
  if (typeof value === "string") return { module: "builtins", name: "str" };
  if (!isObject(value)) return value === null ? undefined : { module: "builtins", name: typeof value === "boolean" ? "bool" : "int" };
  switch (value.kind) {
    case "module":
      return { module: value.name, name: "" };
    case "global":
      return value;
    case "call":
      return value.root ?? undefined;
    case "text":
      return { module: "builtins", name: "str" };
    case "bytes":
    case "dict":
    case "list":
    case "tuple":
    case "set":
    case "frozenset":
      return { module: "builtins", name: value.kind };
    default:
      return undefined;
  }
}

function item(target: Value | undefined, key: Value | undefined, call: Call, resolver: Resolver): Value | undefined {
  if (target === undefined || key === undefined || !isObject(target)) return undefined;
  if (target.kind === "global" && typeof key === "string") return itemOfGlobal(target.module, target.name, key, call, resolver);
  if (typeof key === "number") return itemsOf(target)[key < 0 ? key + itemsOf(target).length : key];
  return typeof key === "string" ? entryOf(target, key) : undefined;
}

/** `sys.modules['os']` is a module; `X.__dict__['a']`, `vars(X)['a']` and `X.__globals__['a']` are attributes. */
function itemOfGlobal(module: string, name: string, key: string, call: Call, resolver: Resolver): Value | undefined {
  if (name === "modules" || name.endsWith(".modules")) return moduleObject(key, call);
  if (name === "__builtins__" || name.endsWith(".__builtins__")) return resolver.computed("builtins", key, call);
  if (name === "__dict__" || name === "__globals__") return resolver.computed(module, key, call);
  const holder = /^(.*)\.__(?:dict|globals)__$/.exec(name);
  return holder === null ? undefined : resolver.computed(module, `${holder[1]}.${key}`, call);
}
