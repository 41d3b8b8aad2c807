/** Keys of settings whose value may be the name of code. */
const KEYS = "_target_|class_path|_component_";
/** The same as the last part of a longer key. */
const LAST_PARTS = "class|module|function|fn|factory|callable|handler|entry_?point";

export const TARGET_KEY = new RegExp(`^(?:${KEYS})$|(?:^|_)(?:${LAST_PARTS})(?:_(?:name|path))?$`, "i");
/** Whether a line of settings may have such a key. */
export const TARGET_LINE = new RegExp(`(?:${KEYS}|${LAST_PARTS})(?:_(?:name|path))?["']?\\s*[=:]`, "i");
