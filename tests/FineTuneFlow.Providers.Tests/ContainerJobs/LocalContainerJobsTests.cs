using System.Collections.Immutable;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Tests;
using FineTuneFlow.Tests.Containers;

namespace FineTuneFlow.Providers.Tests.ContainerJobs;

/// <summary>The contract with the stand-in, which can fail in all of its ways.</summary>
public sealed class LocalContainerJobsTests(Azurite azurite) : ContainerProgramContract(azurite)
{
    protected override string Printed => "stand-in for distilbert-base-cased";

    [Theory]
    [InlineData("outOfMemory", FailureKind.JobFailed)]
    [InlineData("crash", FailureKind.JobFailed)]
    [InlineData("silent", FailureKind.JobFailed)]
    public Task A_program_that_dies_or_runs_out_of_memory_is_not_started_again(string how, FailureKind kind) => FailsForGoodAsync(how, kind);

    [Fact]
    public Task A_program_that_was_killed_is_started_again() => IsStartedAgainAsync("killed");

    protected override ImmutableArray<string> Command(string? fail)
    {
        if (fail == "killed")
        {
            return ["/bin/sh", "-c", "kill -9 $$"];
        }

        ImmutableArray<string> command = ["dotnet", Path.Combine(AppContext.BaseDirectory, "FineTuneFlow.BaselineStandIn.dll")];
        return fail is null ? command : ["env", $"FTF_STANDIN_FAIL={fail}", .. command];
    }
}
