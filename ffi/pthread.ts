/** <pthread.h> */
import { bind } from "./bind.ts";

// int pthread_create(pthread_t *newthread, const pthread_attr_t *attr, void *(*start_routine)(void *), void *arg);
export const pthread_create = bind("pthread_create", ["buffer", "address", "address", "address"], "code");

// int pthread_attr_init(pthread_attr_t *attr);
export const pthread_attr_init = bind("pthread_attr_init", ["address"], "code");

// int pthread_attr_destroy(pthread_attr_t *attr);
export const pthread_attr_destroy = bind("pthread_attr_destroy", ["address"], "code");

// int pthread_attr_setdetachstate(pthread_attr_t *attr, int detachstate);
export const pthread_attr_setdetachstate = bind("pthread_attr_setdetachstate", ["address", "int"], "code");

// int pthread_attr_setstacksize(pthread_attr_t *attr, size_t stacksize);
export const pthread_attr_setstacksize = bind("pthread_attr_setstacksize", ["address", "long"], "code");

// int pthread_setname_np(pthread_t target_thread, const char *name);
export const pthread_setname_np = bind("pthread_setname_np", ["long", "buffer"], "code");

// int pthread_key_create(pthread_key_t *key, void (*destr_function)(void *));
export const pthread_key_create = bind("pthread_key_create", ["buffer", "address"], "code");

// int pthread_key_delete(pthread_key_t key);
export const pthread_key_delete = bind("pthread_key_delete", ["int"], "code");

// void *pthread_getspecific(pthread_key_t key);
export const pthread_getspecific = bind("pthread_getspecific", ["int"], "value");

// int pthread_setspecific(pthread_key_t key, const void *pointer);
export const pthread_setspecific = bind("pthread_setspecific", ["int", "address"], "code");

// int pthread_mutex_trylock(pthread_mutex_t *mutex);
export const pthread_mutex_trylock = bind("pthread_mutex_trylock", ["address"], "code");

// int pthread_mutex_unlock(pthread_mutex_t *mutex);
export const pthread_mutex_unlock = bind("pthread_mutex_unlock", ["address"], "code");
