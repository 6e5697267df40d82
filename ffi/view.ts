/**
 * Memory outside JavaScript's heap as an `ArrayBuffer`, without a copy: the one thing here that a permission scoped to
 * libc does not allow.
 *
 * @module
 */

/** Whether views may be made. */
export function viewsAreAllowed(): boolean {
  return Deno.permissions.querySync({ name: "ffi" }).state === "granted";
}

/**
 * The `length` bytes at `address`, which must stay mapped until the buffer has been detached.
 *
 * @throws {Deno.errors.NotCapable} without the permission `ffi` as a whole.
 */
export function viewOf(address: number, length: number): ArrayBuffer {
  if (!viewsAreAllowed()) {
    throw new Deno.errors.NotCapable(
      "Requires ffi access as a whole for a view of memory, run again with the --allow-ffi flag",
    );
  }
  const pointer = Deno.UnsafePointer.create(BigInt(address));
  if (pointer === null) throw new RangeError("There is no view of NULL");
  return Deno.UnsafePointerView.getArrayBuffer(pointer, length);
}
