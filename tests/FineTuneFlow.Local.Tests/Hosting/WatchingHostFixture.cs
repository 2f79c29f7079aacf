using FineTuneFlow.Tests;

namespace FineTuneFlow.Local.Tests.Hosting;

/// <summary>The one host of these tests that looks for drops.</summary>
public sealed class WatchingHostFixture(Azurite azurite) : HostFixture(azurite)
{
    protected override string DropWatchSeconds => "0.2";
}
