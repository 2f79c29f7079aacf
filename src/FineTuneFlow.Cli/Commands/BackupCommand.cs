using System.CommandLine;
using FineTuneFlow.Cli.Client;
using FineTuneFlow.Cli.CommandLine;
using FineTuneFlow.Cli.Output;
using FineTuneFlow.Cli.Stack;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Files;
using FineTuneFlow.Local.Backups;
using FineTuneFlow.Providers.FileStorage;

namespace FineTuneFlow.Cli.Commands;

/// <summary><c>ftf backup</c>: the state of the local stack as one file, while it works or not.</summary>
internal static class BackupCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "File to write; one that is there is replaced when the new one is whole.", HelpName = "FILE" };
        return new Command("backup", "Write the state of the local stack, running or not, to one file.") { file }.Runs(async call =>
        {
            string target = Path.GetFullPath(call.Parse.GetValue(file)!);
            string part = target + ".part";
            try
            {
                BackupEnd end = await WriteAsync(part, target, call.Cancellation);
                long bytes = new FileInfo(target).Length;
                call.Terminal.Answer(
                    new BackupAnswer(target, bytes, end.Files, end.At),
                    writer => writer.WriteLine($"{StackPaths.Shown(target)}: {end.Files:N0} files of {end.At:yyyy-MM-dd HH:mm:ss} UTC, {Say.Size(bytes)}. Restore it into an empty folder: FTF_HOME=FOLDER ftf restore {Path.GetFileName(target)}"));
                return ExitCode.Ok;
            }
            catch (Exception fault) when (DiskFaults.IsFault(fault))
            {
                throw DiskFaults.Of(fault, target, Path.GetDirectoryName(target)!);
            }
            finally
            {
                // Where there is no folder, deleting would hide that.
                if (File.Exists(part))
                {
                    File.Delete(part);
                }
            }
        });
    }

    private static async Task<BackupEnd> WriteAsync(string part, string target, CancellationToken cancellation)
    {
        if (!Directory.Exists(Path.GetDirectoryName(target)))
        {
            throw new FlowException(FailureKind.NotFound, $"there is no folder {Path.GetDirectoryName(target)}", "Make it first, or name another file");
        }

        File.Delete(part);
        await using (var file = (FileStream)LocalDisk.Instance.Create(part))
        {
            await MakeAsync(file, cancellation);
            LocalDisk.Instance.Flush(file);
        }

        // Closed before it is moved, which Windows wants.
        BackupEnd end;
        await using (FileStream written = File.OpenRead(part))
        {
            end = await HomeRestore.CheckAsync(written, StackPaths.Shown(target), cancellation);
        }

        LocalDisk.Instance.Move(part, target);
        LocalDisk.Instance.FlushFolder(Path.GetDirectoryName(target)!);
        return end;
    }

    /// <summary>By the host where one runs, which alone may look at its storage; else here.</summary>
    private static async Task MakeAsync(Stream target, CancellationToken cancellation)
    {
        string home = StackPaths.Home;
        if (StackFile.Read(home) is { } stack)
        {
            using var client = new HostClient(stack.Host);
            if (await client.IsWellAsync(cancellation))
            {
                await client.DownloadAsync($"..{BackupMapping.Path}", target, cancellation);
                return;
            }
        }

        string storage = Path.Combine(home, HomeFolders.Storage);
        if (!Directory.Exists(storage))
        {
            throw new FlowException(FailureKind.NotFound, $"there is no local stack's storage in {StackPaths.Shown(home)}", "Name its folder with FTF_HOME; what lies in a storage account or Azurite is backed up by their means");
        }

        using var store = new FileBlobStore(storage);
        using var backup = new HomeBackup(home, store, TimeProvider.System);
        await backup.WriteAsync(target, cancellation);
    }
}

/// <param name="File">What was written.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Files">In it.</param>
/// <param name="At">The moment that it shows.</param>
internal sealed record BackupAnswer(string File, long Bytes, int Files, DateTimeOffset At);
