using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace FineTuneFlow.Crash.Tests;

/// <summary>The programs that train baselines on this machine, found by the folders that they work in.</summary>
internal static class TrainerProcess
{
    /// <summary>Folders with a shell at work, and its process.</summary>
    public static IEnumerable<(string Folder, int Shell)> In(string baselines) =>
        !Directory.Exists(baselines)
            ? []
            : Directory.GetDirectories(baselines).SelectMany(Directory.GetDirectories)
                .Where(folder => File.Exists(Path.Combine(folder, "pid")) && !File.Exists(Path.Combine(folder, "exit")))
                .Select(folder => (folder, int.TryParse(Text(Path.Combine(folder, "pid")), NumberStyles.None, CultureInfo.InvariantCulture, out int shell) ? shell : 0))
                .Where(one => one.Item2 > 0);

    /// <summary>SIGKILL to the shell or to the program that it waits for; false where that has ended.</summary>
    public static bool Kill(int shell, bool shellItself)
    {
        string children = $"/proc/{shell}/task/{shell}/children";
        string[] programs = Text(children).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (programs.Length == 0)
        {
            return false;
        }

        try
        {
            using var process = Process.GetProcessById(shellItself ? shell : int.Parse(programs[0], CultureInfo.InvariantCulture));
            process.Kill();
            return true;
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException or Win32Exception)
        {
            return false;
        }
    }

    private static string Text(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (IOException)
        {
            return "";
        }
    }
}
