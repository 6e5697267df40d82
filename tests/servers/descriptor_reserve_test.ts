import { assertEquals, denoSource, test } from "../support/mod.ts";

test("DescriptorReserve keeps some descriptors, and sees when others are free", async () => {
  const { stdout, stderr } = await denoSource(
    `import { DescriptorReserve } from "vasty/lib/servers/descriptor_reserve.ts";
    import { pipe } from "vasty/mod.ts";
    const { reader, writer } = pipe();
    const reserve = new DescriptorReserve();
    const copies = [];
    while (reserve.refusal(reader) === undefined) {
      copies.push(reader.duplicate());
      reserve.taken(copies.at(-1));
    }
    console.log(copies.at(-1).number, reserve.refusal(reader).message);
    copies[0].close();
    console.log(reserve.refusal(reader));
    writer.close();`,
    { under: ["prlimit", "--nofile=64"] },
  );
  assertEquals([stdout, stderr], ["48 nearly all of 64 descriptors are open (EMFILE)\nundefined\n", ""]);
}, { needs: ["prlimit"] });
