/** <sys/mman.h> */
import { bind } from "./bind.ts";

// MAP_FAILED, which is -1, is its failure;
// void *mmap(void *addr, size_t length, int prot, int flags, int fd, off_t offset);
export const mmap = bind("mmap", ["address", "long", "int", "int", "int", "long"], "mapping");

// int munmap(void *addr, size_t length);
export const munmap = bind("munmap", ["address", "long"], "int");
