using FineTuneFlow.Cli.Stack;

namespace FineTuneFlow.Cli.Tests.Stack;

public sealed class ServiceLogTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ftf-log-");

    private string File => Path.Combine(_folder.FullName, "logs", "host.log");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_full_log_is_begun_anew_four_earlier_ones_stay_and_no_start_empties_it()
    {
        for (int start = 0; start < 2; start++)
        {
            using var log = new ServiceLog(File, mostBytes: 100);
            for (int line = 0; line < 40; line++)
            {
                log.WriteLine($"start {start}, line {line:D2}, and something to fill it");
            }
        }

        string[] files = [.. ServiceLog.FilesOf(File)];
        files.ShouldBe([$"{File}.4", $"{File}.3", $"{File}.2", $"{File}.1", File]);
        string[] lines = [.. files.SelectMany(System.IO.File.ReadLines)];
        lines[^1].ShouldStartWith("start 1, line 39");
        string[] oldestFirst = [.. lines.Distinct().Order(StringComparer.Ordinal)];
        lines.ShouldBe(oldestFirst);
        lines.Length.ShouldBeInRange(10, 20);
    }

    [Fact]
    public void Who_follows_a_log_misses_no_line_when_it_is_begun_anew()
    {
        using var log = new ServiceLog(File, mostBytes: 300);
        log.WriteLine("line 000");
        using var followed = new FollowedLog(File);
        var seen = new List<string>();
        for (int line = 1; line <= 200; line++)
        {
            log.WriteLine($"line {line:D3}");
            if (line % 7 == 0)
            {
                seen.AddRange(followed.NewLines());
            }
        }

        seen.AddRange(followed.NewLines());
        seen.ShouldBe(Enumerable.Range(0, 201).Select(line => $"line {line:D3}"));
    }
}
