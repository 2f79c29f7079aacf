using FineTuneFlow.Core.Files;

namespace FineTuneFlow.Cli.Stack;

/// <summary>What a service writes, kept over its starts: the file is added to, and begun anew when it is full, the earlier ones with a
/// number.</summary>
internal sealed class ServiceLog : IDisposable
{
    public const long MostBytes = 10 * 1024 * 1024;
    private const int Earlier = 4;
    private readonly string _file;
    private readonly long _mostBytes;
    private StreamWriter _writer;
    private long _lost;

    public ServiceLog(string file, long mostBytes = MostBytes)
    {
        (_file, _mostBytes) = (file, mostBytes);
        LocalDisk.Instance.MakeFolder(Path.GetDirectoryName(file)!);
        _writer = Open(file);
    }

    /// <summary>The files of a log that are there, oldest first.</summary>
    public static IEnumerable<string> FilesOf(string file) =>
        Enumerable.Range(0, Earlier + 1).Reverse().Select(number => Numbered(file, number)).Where(File.Exists);

    /// <summary>Where the disk takes nothing, the line is lost and the service goes on: nobody else reads what it writes, and it would
    /// wait for that for ever.</summary>
    public void WriteLine(string line)
    {
        try
        {
            if (_lost > 0)
            {
                Write($"(the disk of this log was full or failed: {_lost} lines are missing here)");
                _lost = 0;
            }

            Write(line);
        }
        catch (Exception fault) when (DiskFaults.IsFault(fault))
        {
            _lost++;
        }
    }

    public void Dispose()
    {
        try
        {
            _writer.Dispose();
        }
        catch (Exception fault) when (DiskFaults.IsFault(fault))
        {
            // As above.
        }
    }

    private void Write(string line)
    {
        if (_writer.BaseStream.Length > _mostBytes)
        {
            _writer.Dispose();
            for (int number = Earlier - 1; number >= 0; number--)
            {
                if (File.Exists(Numbered(_file, number)))
                {
                    File.Move(Numbered(_file, number), Numbered(_file, number + 1), overwrite: true);
                }
            }

            _writer = Open(_file);
        }

        _writer.WriteLine(line);
    }

    private static string Numbered(string file, int number) => number == 0 ? file : $"{file}.{number}";

    private static StreamWriter Open(string file)
    {
        // No buffer: what the disk has refused is not tried again at the next line, behind which it would stand.
        var options = new FileStreamOptions { BufferSize = 0, Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite | FileShare.Delete };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = LocalDisk.OwnersFile;
        }

        return new StreamWriter(new FileStream(file, options)) { AutoFlush = true };
    }
}
