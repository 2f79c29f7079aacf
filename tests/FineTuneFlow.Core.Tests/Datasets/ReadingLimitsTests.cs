using System.IO.Compression;
using FineTuneFlow.Core.Datasets.Reading;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using Microsoft.Extensions.Time.Testing;

namespace FineTuneFlow.Core.Tests.Datasets;

/// <summary>Each limit of a reading, at its border and just above it.</summary>
public sealed class ReadingLimitsTests
{
    [Theory]
    [InlineData(1_000, null)]
    [InlineData(1_001, "the file has more than 1,000 rows")]
    public void Rows_are_limited(long rows, string? message)
    {
        using SourceReader source = Plain();

        Refusal(() => new ReadingLimits(new LimitsRecipe { Rows = 1_000 }, "t.csv").Check(rows, source), "dataset.limits.rows")?.Message.ShouldBe(message);
        (message is null).ShouldBe(rows == 1_000);
    }

    [Theory]
    [InlineData(1_000_000, true, false)]
    [InlineData(1_000_001, true, true)]
    [InlineData(1_000_001, false, false)] // what is not packed is as large as it looks
    public void Packed_data_unpacks_to_a_limit(int bytes, bool pack, bool refused)
    {
        byte[] drop = new byte[bytes];
        drop.AsSpan().Fill((byte)'a');
        using var source = new SourceReader("t.csv", () => new MemoryStream(pack ? Packed(drop) : drop), new CsvRecipe());

        Failure? failure = Refusal(() => new ReadingLimits(new LimitsRecipe { UnpackedMegabytes = 1 }, "t.csv").Check(1, source), "dataset.limits.unpackedMegabytes");

        failure?.Message.ShouldBe("the packed file unpacks to more than 1 MB");
        (failure is not null).ShouldBe(refused);
    }

    [Theory]
    [InlineData(5_000, false)]
    [InlineData(5_001, true)]
    public void Time_is_limited(int milliseconds, bool refused)
    {
        var clock = new FakeTimeProvider();
        using SourceReader source = Plain();
        var limits = new ReadingLimits(new LimitsRecipe { Seconds = 5 }, "t.csv", clock);
        clock.Advance(TimeSpan.FromMilliseconds(milliseconds));

        Failure? failure = Refusal(() => limits.Check(1, source), "dataset.limits.seconds");

        failure?.Message.ShouldBe("reading the file took longer than 5 s");
        (failure is not null).ShouldBe(refused);
    }

    [Theory]
    [InlineData("rows", "Limits__Rows")]
    [InlineData("unpacked", "Limits__UnpackedMegabytes")]
    [InlineData("seconds", "Limits__Seconds")]
    public void A_limit_of_the_host_is_named_by_the_hosts_setting(string limit, string setting)
    {
        var clock = new FakeTimeProvider();
        byte[] packed = Packed(new byte[1_100_000]);
        using var source = new SourceReader("t.csv", () => new MemoryStream(packed), new CsvRecipe { Encoding = "utf-8" });
        LimitsRecipe host = limit switch
        {
            "rows" => new LimitsRecipe { Rows = 10 },
            "unpacked" => new LimitsRecipe { UnpackedMegabytes = 1 },
            _ => new LimitsRecipe { Seconds = 1 },
        };
        var limits = new ReadingLimits(new LimitsRecipe().Within(host), "t.csv", clock);
        clock.Advance(TimeSpan.FromSeconds(2));

        Failure failure = Refusal(() => limits.Check(11, source), setting).ShouldNotBeNull();

        failure.Message.ShouldEndWith($", the most that this host allows ({setting})");
        failure.Remedy.ShouldNotBeNull().ShouldContain("a recipe can only lower it");
        failure.Remedy!.Contains("million rows", StringComparison.Ordinal).ShouldBe(limit == "rows");
    }

    private static Failure? Refusal(Action check, string field)
    {
        Failure? failure = (Record.Exception(check) as FlowException)?.Failure;
        if (failure is not null)
        {
            (failure.Kind, failure.Field, failure.Location).ShouldBe((FailureKind.InvalidInput, field, new SourceLocation("t.csv")));
            failure.Remedy.ShouldNotBeNull().ShouldContain(field);
        }

        return failure;
    }

    private static SourceReader Plain() => new("t.csv", () => new MemoryStream("text,label\na,b\n"u8.ToArray()), new CsvRecipe());

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
