namespace FineTuneFlow.Cli.Stack;

/// <summary>What the local stack stores on.</summary>
internal enum StackStorage
{
    /// <summary>Plain files in the home folder.</summary>
    Files,

    /// <summary>The storage emulator, for whoever wants the wire.</summary>
    Azurite,

    /// <summary>The account that the settings name.</summary>
    Account,
}
