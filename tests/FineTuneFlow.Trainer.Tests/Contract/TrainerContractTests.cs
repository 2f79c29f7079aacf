using System.Collections.Immutable;
using FineTuneFlow.Tests;
using FineTuneFlow.Tests.Containers;

namespace FineTuneFlow.Trainer.Tests.Contract;

/// <summary>The contract that the stand-in of the tests keeps to, with the product's trainer.</summary>
public sealed class TrainerContractTests(Azurite azurite) : ContainerProgramContract(azurite)
{
    private readonly string _made = Directory.CreateTempSubdirectory("ftf-trainer-contract-").FullName;

    protected override string Printed => "FineTuneFlow trainer:";

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_made, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>What is set here goes before what the host sets.</summary>
    protected override ImmutableArray<string> Command(string? fail) =>
    [
        "env", .. Settings(fail), "FTF_BATCH_SIZE=4", "OMP_NUM_THREADS=1", "dotnet", Path.Combine(AppContext.BaseDirectory, "FineTuneFlow.Trainer.dll"),
    ];

    private string[] Settings(string? fail)
    {
        string tiny = Path.Combine(AppContext.BaseDirectory, "fixtures", "distilbert");
        return fail switch
        {
            null => [$"FTF_MODEL={tiny}", "FTF_LEARNING_RATE=0.02", "FTF_EPOCHS=3"],
            "invalidInput" => ["FTF_MODEL=/nowhere/at/all"],
            "training" => [$"FTF_MODEL={TinyWork.BrokenModel(_made)}"],
            // Nobody listens at the discard port.
            "unavailable" => ["FTF_MODEL=owner/tiny", "HF_ENDPOINT=http://127.0.0.1:9", $"FTF_HUB_CACHE={_made}"],
            // So slow a rate that every epoch is a little better than the one before, and a state after every step: it is busy for a while.
            "wait" => [$"FTF_MODEL={tiny}", "FTF_LEARNING_RATE=0.00001", "FTF_EPOCHS=50", "FTF_CHECKPOINT_SECONDS=0"],
            _ => throw new ArgumentOutOfRangeException(nameof(fail), fail, null),
        };
    }
}
