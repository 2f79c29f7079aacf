namespace FineTuneFlow.Cli.Stack;

/// <param name="Name">storage, simulator or host.</param>
/// <param name="Address">Where it answers, or the folder.</param>
/// <param name="What">For a person.</param>
internal sealed record StackService(string Name, Uri Address, string What)
{
    /// <summary>As a person would type it.</summary>
    public string Where => Address.IsFile ? StackPaths.Shown(Address.LocalPath) : Address.GetLeftPart(UriPartial.Authority);
}
