using System.Diagnostics;
using FineTuneFlow.Mutation.Running;

namespace FineTuneFlow.Mutation.Tests;

/// <summary>Which processes are given up: those that turn in circles, and those that do nothing.</summary>
public sealed class StallTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    [Fact(Timeout = 60_000)]
    public async Task A_process_that_turns_in_circles_is_given_up_by_what_it_takes_of_a_processor()
    {
        using var process = Process.Start("sh", ["-c", "while :; do :; done"]);
        using var stall = new Stall(process, TimeSpan.FromSeconds(0.5), Long);

        TimeSpan used = await GivenUpAsync(stall, process);

        used.ShouldBeGreaterThan(TimeSpan.FromSeconds(0.5));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_process_that_does_nothing_is_given_up_long_before_its_time()
    {
        using var process = Process.Start("sleep", ["1000"]);
        using var stall = new Stall(process, Long, TimeSpan.FromSeconds(0.5));

        await GivenUpAsync(stall, process);
    }

    [Fact]
    public void A_sample_is_drawn_by_the_key_alone()
    {
        Mutant[] mutants = [.. Enumerable.Range(0, 1000).Select(i => new Mutant(i, i, "A.cs", i, "A.M", "x", $"{i}", 0, false, new(new(0, 1), "y", "kind")))];

        mutants.Count(mutant => mutant.Draw % 4 == 0).ShouldBeInRange(200, 300);
        mutants.Select(mutant => mutant with { Id = 7, Line = 8 }).Select(mutant => mutant.Draw).ShouldBe(mutants.Select(mutant => mutant.Draw));
    }

    /// <returns>What the process has taken of a processor.</returns>
    private static async Task<TimeSpan> GivenUpAsync(Stall stall, Process process)
    {
        var givenUp = new TaskCompletionSource();
        await using (stall.Token.Register(givenUp.SetResult))
        {
            await givenUp.Task.WaitAsync(TestContext.Current.CancellationToken);
        }

        process.HasExited.ShouldBeFalse();
        TimeSpan used = process.TotalProcessorTime;
        process.Kill();
        return used;
    }
}
