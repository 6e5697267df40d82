/** <sys/msg.h> */
import { bind } from "./bind.ts";

// int msgget(key_t key, int msgflg);
export const msgget = bind("msgget", ["int", "int"], "int");

// int msgsnd(int msqid, const void *msgp, size_t msgsz, int msgflg);
export const msgsnd = bind("msgsnd", ["int", "buffer", "long", "int"], "int");

// For a worker, whose message must lie in memory that stays;
// int msgsnd(int msqid, const void *msgp, size_t msgsz, int msgflg);
export const msgsndElsewhere = bind("msgsnd", ["int", "address", "long", "int"], "int");

// ssize_t msgrcv(int msqid, void *msgp, size_t msgsz, long msgtyp, int msgflg);
export const msgrcv = bind("msgrcv", ["int", "buffer", "long", "long", "int"], "long");

// For a worker, as above;
// ssize_t msgrcv(int msqid, void *msgp, size_t msgsz, long msgtyp, int msgflg);
export const msgrcvElsewhere = bind("msgrcv", ["int", "address", "long", "long", "int"], "long");

// int msgctl(int msqid, int cmd, struct msqid_ds *buf);
export const msgctl = bind("msgctl", ["int", "int", "buffer"], "int");
