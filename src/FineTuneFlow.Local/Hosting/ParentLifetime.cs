namespace FineTuneFlow.Local.Hosting;

/// <summary>Lives as long as the process that started this one: that one holds the other end of standard input, which closes
/// however it ends, SIGKILL included. Ctrl-C, which a terminal sends to both, is left to the parent, so that the host
/// stops before what it stands on.</summary>
internal sealed class ParentLifetime(IHostApplicationLifetime lifetime) : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        Console.CancelKeyPress += (_, pressed) => pressed.Cancel = true;
        var watch = new Thread(() =>
        {
            using Stream input = Console.OpenStandardInput();
            var bytes = new byte[256];
            while (input.Read(bytes) > 0)
            {
                // Nothing is said on it; only its end matters.
            }

            lifetime.StopApplication();
        })
        { IsBackground = true, Name = "parent watch" };
        watch.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
