/** A module that does nothing, whose import is what any import costs. */
export const nothing = true;
