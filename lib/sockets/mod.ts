/**
 * Sockets: their names, the calls themselves, and what is made of them.
 *
 * @module
 */
export {};
