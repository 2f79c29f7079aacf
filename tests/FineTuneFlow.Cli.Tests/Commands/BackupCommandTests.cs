namespace FineTuneFlow.Cli.Tests.Commands;

public sealed class BackupCommandTests
{
    [Fact]
    public async Task A_folder_that_is_not_there_is_named_with_what_to_do()
    {
        string folder = Path.Combine(Path.GetTempPath(), $"ftf-none-{Guid.NewGuid():N}");

        (int code, string _, string error) = await Ftf.RunAsync("backup", Path.Combine(folder, "monday.ftf"));

        code.ShouldBe(3, error);
        error.ShouldContain($"there is no folder {folder}");
        error.ShouldContain("Make it first");
    }
}
