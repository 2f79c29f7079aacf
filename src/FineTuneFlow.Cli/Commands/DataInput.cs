namespace FineTuneFlow.Cli.Commands;

/// <summary>The data file of a command: a path, or <c>-</c> for standard input, which is kept in a file of its own while the command
/// runs, since a file may be read twice.</summary>
internal sealed class DataInput : IDisposable
{
    private const string Standard = "-";
    private readonly bool _temporary;

    private DataInput(string path, string name, bool temporary) => (Path, Name, _temporary) = (path, name, temporary);

    public string Path { get; }

    /// <summary>As messages and the manifest show it.</summary>
    public string Name { get; }

    public long Length => new FileInfo(Path).Length;

    /// <exception cref="Core.Failures.FlowException">NotFound: there is no such file.</exception>
    public static DataInput Open(string file, string what = "data")
    {
        if (file != Standard)
        {
            return new DataInput(RecipeFile.Existing(file, what), System.IO.Path.GetFileName(file), temporary: false);
        }

        // Readable by nobody else: what is piped in may be private.
        string path = System.IO.Path.GetTempFileName();
        using (Stream input = Console.OpenStandardInput())
        using (FileStream copy = File.Create(path))
        {
            input.CopyTo(copy);
        }

        return new DataInput(path, "stdin", temporary: true);
    }

    public void Dispose()
    {
        if (_temporary)
        {
            File.Delete(Path);
        }
    }
}
