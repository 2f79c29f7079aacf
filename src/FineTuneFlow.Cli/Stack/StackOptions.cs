namespace FineTuneFlow.Cli.Stack;

/// <summary>Where and how the local stack runs.</summary>
/// <param name="Home">Folder of all its state: database, storage, simulator, logs.</param>
/// <param name="Port">Of the host.</param>
/// <param name="SimulatorPort">Of the simulator.</param>
/// <param name="StoragePort">Of the storage emulator.</param>
/// <param name="Store">What is stored on; null: as the settings say.</param>
/// <param name="Settings">Settings file; null: <c>local.settings.json</c> of the repository where there is one.</param>
internal sealed record StackOptions(
    string Home, int Port = 7071, int SimulatorPort = 7072, int StoragePort = 10000, StackStorage? Store = null, string? Settings = null)
{
    public Uri Host => new($"http://127.0.0.1:{Port}/");

    public Uri Simulator => new($"http://127.0.0.1:{SimulatorPort}/v1/");

    public Uri Storage => new($"http://127.0.0.1:{StoragePort}/devstoreaccount1");

    public string LogOf(string service) => Path.Combine(Home, "logs", $"{service}.log");
}
