/** The names that POSIX and Linux have for what a terminal can be set to; termios(3) says what each means. */

/** What becomes of what is typed, or arrives on a line. */
export type InputMode =
  | "IGNBRK"
  | "BRKINT"
  | "IGNPAR"
  | "PARMRK"
  | "INPCK"
  | "ISTRIP"
  | "INLCR"
  | "IGNCR"
  | "ICRNL"
  | "IUCLC"
  | "IXON"
  | "IXANY"
  | "IXOFF"
  | "IMAXBEL"
  | "IUTF8";

/** What becomes of what is written. */
export type OutputMode = "OPOST" | "OLCUC" | "ONLCR" | "OCRNL" | "ONOCR" | "ONLRET" | "OFILL" | "OFDEL";

/** How long a line waits after a character; none of them does anything at a pty. */
export type OutputDelay = "NLDLY" | "CRDLY" | "TABDLY" | "BSDLY" | "VTDLY" | "FFDLY";

/** What a serial line is set to. */
export type ControlMode = "CSTOPB" | "CREAD" | "PARENB" | "PARODD" | "HUPCL" | "CLOCAL" | "CMSPAR" | "CRTSCTS";

/** How lines are edited and echoed, and which characters are special. */
export type LocalMode =
  | "ISIG"
  | "ICANON"
  | "XCASE"
  | "ECHO"
  | "ECHOE"
  | "ECHOK"
  | "ECHONL"
  | "NOFLSH"
  | "TOSTOP"
  | "ECHOCTL"
  | "ECHOPRT"
  | "ECHOKE"
  | "FLUSHO"
  | "PENDIN"
  | "IEXTEN"
  | "EXTPROC";

/** A special character, by the name of its place: `VINTR` interrupts, `VEOF` ends the input, and so on. */
export type SpecialCharacter =
  | "VINTR"
  | "VQUIT"
  | "VERASE"
  | "VKILL"
  | "VEOF"
  | "VEOL"
  | "VEOL2"
  | "VSWTC"
  | "VSTART"
  | "VSTOP"
  | "VSUSP"
  | "VREPRINT"
  | "VWERASE"
  | "VLNEXT"
  | "VDISCARD";
