namespace FineTuneFlow.Providers.ContainerJobs;

/// <summary>Folders inside the output of an encoder's trainer (docs/baseline-contract.md).</summary>
internal static class EncoderOutput
{
    /// <summary>The trained model's files.</summary>
    public const string Model = "model";

    /// <summary>What an interrupted training goes on from.</summary>
    public const string Checkpoint = "checkpoint";
}
