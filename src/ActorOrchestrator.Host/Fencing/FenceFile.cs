using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using ActorOrchestrator.Agent.Fencing;
using ActorOrchestrator.Api;

namespace ActorOrchestrator.Host.Fencing;

/// <summary>
/// The record of a machine's lease, in its data directory, and the process that goes by it when the agent does not
/// (<c>orchestrator node guard</c>): whoever writes that there is something to guard sees to it that one runs. The file
/// is replaced as a whole, and not forced to the disk: what it is about does not outlive the machine's boot.
/// </summary>
internal sealed class FenceFile : IFenceStore
{
    public const string Name = "fence.json";

    /// <summary>Held by the guard.</summary>
    public const string LockName = "fence.lock";

    private const string BootFile = "/proc/sys/kernel/random/boot_id";
    private const int SinceBoot = 7;

    private readonly string _root;

    public FenceFile(string root)
    {
        _root = root;
        Boot = File.ReadAllText(BootFile).Trim();
    }

    public string Boot { get; }

    /// <summary>CLOCK_BOOTTIME: CLOCK_MONOTONIC stands still while the machine sleeps.</summary>
    public TimeSpan Now => ClockGetTime(SinceBoot, out var time) == 0
        ? new TimeSpan((time.Seconds * TimeSpan.TicksPerSecond) + (time.Nanoseconds / TimeSpan.NanosecondsPerTick))
        : throw new Win32Exception(Marshal.GetLastPInvokeError());

    /// <summary>One that cannot be read says nothing, so that no pod is known to run on a lease.</summary>
    public FenceRecord? Read()
    {
        try
        {
            var kept = JsonSerializer.Deserialize(
                File.ReadAllBytes(Path.Combine(_root, Name)), FenceJson.Default.KeptFence);
            return kept is null ? null : new FenceRecord(
                kept.Boot, kept.RenewedAt, kept.Term, kept.Declared,
                kept.Pods.ToValueList(), kept.Ended.ToValueList());
        }
        catch (Exception unreadable) when (unreadable is IOException or JsonException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public void Write(FenceRecord record)
    {
        var (file, draft) = (Path.Combine(_root, Name), Path.Combine(_root, $"{Name}.new"));
        File.WriteAllBytes(draft, JsonSerializer.SerializeToUtf8Bytes(
            new KeptFence(
                record.Boot, record.RenewedAt, record.Term, record.Declared, [.. record.Pods], [.. record.Ended]),
            FenceJson.Default.KeptFence));
        File.Move(draft, file, overwrite: true);
        SeeToGuard(record);
    }

    /// <summary>By whoever starts on the machine, before it can ask anybody: the guard may have been killed with the
    /// agent before.</summary>
    /// <exception cref="IOException">None can be started.</exception>
    public void SeeToGuard() => SeeToGuard(Read());

    /// <summary>By whoever guards; null: somebody does.</summary>
    public FileStream? TryLock()
    {
        try
        {
            return new FileStream(
                Path.Combine(_root, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private void SeeToGuard(FenceRecord? record)
    {
        if (FenceGuard.IsNeeded(record) && TryLock() is { } free)
        {
            free.Dispose();
            StartGuard();
        }
    }

    /// <summary>In a session of its own, with nothing of ours open, so that it outlives this process. Of two, the
    /// second one finds the lock held and ends.</summary>
    private void StartGuard()
    {
        var start = new ProcessStartInfo("setsid")
        {
            ArgumentList =
            {
                "sh", "-c", "exec \"$@\" </dev/null >/dev/null 2>&1", "sh",
                Environment.ProcessPath ?? throw new IOException("this program's own path is not known"),
                "node", "guard", "--data-dir", _root,
            },
            WorkingDirectory = "/",
            UseShellExecute = false,
        };
        start.Environment.Remove("NOTIFY_SOCKET");
        try
        {
            using var guard = Process.Start(start);
        }
        catch (Win32Exception missing)
        {
            throw new IOException($"setsid (package util-linux) could not be started: {missing.Message}", missing);
        }
    }

    [DllImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ClockGetTime(int clock, out TimeOfClock time);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct TimeOfClock
    {
        public readonly long Seconds;
        public readonly long Nanoseconds;
    }
}
