using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using FineTuneFlow.Core.Datasets.Reading;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Tests.Datasets;

/// <summary>A drop's bytes as UTF-8, whatever it was packed and encoded in, and what is known of it as it came.</summary>
public sealed class SourceReaderTests
{
    private const int HeadBytes = 1_048_576;
    private const string Csv = "text,label\nun café déçu,a\n";

    [Theory]
    [InlineData("{\"text\":1}", true)]
    [InlineData(" \t\r\n{ \r\n\t\"text\":1}", true)]
    [InlineData("{}", true)]
    [InlineData("{'text':1}", false)]
    [InlineData("{text},label\n", false)]
    [InlineData("{", false)]
    [InlineData("{ \n", false)]
    [InlineData("text,{\"a\":1}\n", false)]
    [InlineData(" \n", false)]
    [InlineData("", false)]
    public void JSON_lines_begin_with_a_brace_and_a_quoted_name(string drop, bool json)
    {
        using var source = Open(Encoding.UTF8.GetBytes(drop));

        source.IsJsonLines.ShouldBe(json);
    }

    public static TheoryData<string, string, bool> Codings() => new()
    {
        { "utf-8", "utf-8", false },
        { "utf-8", "utf-8", true },
        { "utf-16", "utf-16", true },
        { "utf-16BE", "utf-16", true },
        { "windows-1252", "latin-1", false },
        { "ibm850", "ibm850", false },
    };

    [Theory]
    [MemberData(nameof(Codings))]
    public void A_drop_is_read_as_UTF_8_without_its_mark_in_parts_of_any_size(string written, string name, bool mark)
    {
        Encoding encoding = CodePages.Find(written)!;
        byte[] drop = [.. mark ? encoding.GetPreamble() : [], .. encoding.GetBytes(Csv)];

        foreach (bool packed in new[] { false, true })
        {
            byte[] bytes = packed ? Packed(drop) : drop;
            using var source = Open(bytes, new CsvRecipe { Encoding = mark ? null : name });

            (source.Encoding.Name, source.HasByteOrderMark, source.Compressed, source.HeadIsAll).ShouldBe((name, mark, packed, true));
            Encoding.UTF8.GetString(source.Head).ShouldBe(Csv);
            Encoding.UTF8.GetString([.. ReadAll(source, part: 3)]).ShouldBe(Csv);
            source.Head.IsEmpty.ShouldBeTrue("all of it is read");
            source.HeadLength.ShouldBe(Encoding.UTF8.GetByteCount(Csv) + (name == "utf-8" && mark ? 3 : 0));
            source.Unpacked.ShouldBe(packed ? drop.Length : 0);
            source.BytesRead.ShouldBe(bytes.Length);
            source.Finish().ShouldBe((Convert.ToHexStringLower(SHA256.HashData(bytes)), bytes.Length));
        }
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, false)]
    [InlineData(1, false)]
    public void The_head_is_a_megabyte_and_what_follows_is_read_behind_it(int more, bool all)
    {
        byte[] drop = [.. Enumerable.Range(0, HeadBytes + more).Select(i => (byte)('a' + (i % 25)))];
        using var source = Open(drop, new CsvRecipe { Encoding = "utf-8" });

        source.HeadIsAll.ShouldBe(all);
        source.HeadLength.ShouldBe(Math.Min(drop.Length, HeadBytes));
        ReadAll(source, part: 100_000).SequenceEqual(drop).ShouldBeTrue();
    }

    [Theory]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 0x61 })]
    [InlineData(new byte[] { 0x1F })]
    [InlineData(new byte[] { 0x1F, 0x61, 0x62 })]
    [InlineData(new byte[] { 0x61, 0x8B, 0x62 })]
    public void What_does_not_begin_as_gzip_does_is_not_packed(byte[] drop)
    {
        using var source = Open(drop, new CsvRecipe { Encoding = "utf-8" });

        source.Compressed.ShouldBeFalse();
        source.Unpacked.ShouldBe(0);
        ReadAll(source, part: 2).ShouldBe(drop);
    }

    [Fact]
    public void Packed_data_that_is_cut_off_anywhere_or_damaged_is_refused()
    {
        byte[] packed = Packed(Encoding.UTF8.GetBytes(Csv));

        // A header alone, which has ten bytes, unpacks to nothing and is refused as an empty file.
        for (int length = 11; length < packed.Length; length++)
        {
            Failure cut = Should.Throw<FlowException>(() => Open(packed[..length]), $"cut at {length}").Failure;
            (cut.Kind, cut.Location).ShouldBe((FailureKind.InvalidInput, new SourceLocation("t")));
        }

        packed[^4] ^= 1;
        Should.Throw<FlowException>(() => Open(packed)).Failure.Message.ShouldContain("damaged or cut off");
    }

    [Fact]
    public void Packed_data_that_is_cut_off_behind_the_head_is_refused_when_it_is_read()
    {
        byte[] drop = new byte[HeadBytes * 2];
        new Random(1).NextBytes(drop);
        byte[] packed = Packed(drop);
        using var source = Open(packed[..^8], new CsvRecipe { Encoding = "utf-8" });

        Should.Throw<FlowException>(() => ReadAll(source, part: 100_000)).Failure.Kind.ShouldBe(FailureKind.InvalidInput);
    }

    [Fact]
    public void Asking_for_no_bytes_is_not_the_end_of_packed_data()
    {
        using var stream = new WholeGzipStream(new MemoryStream(Packed("text"u8.ToArray())));

        stream.Read([]).ShouldBe(0);
        stream.Count.ShouldBe(0);
        stream.ReadByte().ShouldBe('t');
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8)] // a file name follows the header, as gzip writes it
    public void Packed_files_one_behind_the_other_are_one(byte flags)
    {
        byte[] first = Packed(Encoding.UTF8.GetBytes(Csv));
        byte[] second = Packed("another,b\n"u8.ToArray());
        second[3] = flags;
        byte[] named = flags == 8 ? [.. second[..10], .. "rows.csv\0"u8, .. second[10..]] : second;

        using var source = Open([.. first, .. named]);

        Encoding.UTF8.GetString([.. ReadAll(source, part: 50)]).ShouldBe(Csv + "another,b\n");
    }

    [Fact]
    public void The_hash_is_of_the_whole_drop_however_much_of_it_was_read()
    {
        byte[] drop = [.. Enumerable.Range(0, 200_000).Select(i => (byte)i)];
        foreach (int read in new[] { 0, 1, 100_000, 200_000 })
        {
            using var stream = new HashingReadStream(new MemoryStream(drop));
            byte[] part = new byte[read + 1];
            stream.ReadAtLeast(part, read, throwOnEndOfStream: false);

            stream.Finish().ShouldBe(Convert.ToHexStringLower(SHA256.HashData(drop)));
            stream.Count.ShouldBe(drop.Length);
        }
    }

    [Theory]
    [InlineData(false, null)]
    [InlineData(true, null)]
    [InlineData(false, "latin-1")]
    [InlineData(true, "ibm850")]
    public void Closing_it_closes_the_drop(bool packed, string? encoding)
    {
        byte[] drop = Encoding.UTF8.GetBytes(Csv);
        var stream = new MemoryStream(packed ? Packed(drop) : drop);

        new SourceReader("t", () => stream, new CsvRecipe { Encoding = encoding }).Dispose();

        stream.CanRead.ShouldBeFalse();
    }

    private static SourceReader Open(byte[] drop, CsvRecipe? recipe = null) => new("t", () => new MemoryStream(drop), recipe ?? new CsvRecipe());

    private static List<byte> ReadAll(SourceReader source, int part)
    {
        var all = new List<byte>();
        byte[] buffer = new byte[part];
        for (int read = source.Read(buffer); read > 0; read = source.Read(buffer))
        {
            all.AddRange(buffer.AsSpan(0, read));
        }

        return all;
    }

    private static byte[] Packed(byte[] plain)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(plain);
        }

        return packed.ToArray();
    }
}
