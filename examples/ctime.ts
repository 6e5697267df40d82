/** Points in time, as ctime(3) and Perl's `scalar localtime` write them. */

/** `Wed May 14 08:40:46 1997`, local time. */
export function ctime(date: Date = new Date()): string {
  const [day, month, number, year, time] = date.toString().split(" ");
  return `${day} ${month} ${number!.replace(/^0/, " ")} ${time} ${year}`;
}
