using System.Net.Sockets;
using ActorOrchestrator.Agent.Containers;

namespace ActorOrchestrator.Agent.Containerd;

/// <summary>
/// The processes that containerd's containers run under. Those of sandboxes end with them; what is left is of
/// containers that CRI does not know (<c>ctr run</c>), or of a store that was lost.
/// </summary>
internal static class ContainerdShims
{
    /// <summary>Where shims of every containerd of the machine listen, whatever its directories.</summary>
    public const string SocketDirectory = "/run/containerd/s";

    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>Kills what is left of the containerd of that socket.</summary>
    /// <exception cref="ContainerRuntimeException">One survives SIGKILL (kind Timeout).</exception>
    public static async Task EndAsync(string socketPath, TimeProvider time, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        while (Find(socketPath) is [var shim, ..])
        {
            if (time.GetElapsedTime(started) > EndTimeout)
            {
                throw new ContainerRuntimeException(
                    RuntimeErrorKind.Timeout,
                    $"a container's shim (process {shim.Pid}) did not end within {EndTimeout}");
            }
            foreach (var child in ChildrenOf(shim.Pid))
            {
                child.Signal(NativeMethods.SigKill);
            }

            shim.Signal(NativeMethods.SigKill);
            await Task.Delay(PollInterval, time, cancellation);
        }
    }

    /// <summary>Those of shims that were killed; nobody listens on them, nor ever will.</summary>
    public static void RemoveDeadSockets()
    {
        if (!Directory.Exists(SocketDirectory))
        {
            return;
        }

        foreach (var path in Directory.GetFiles(SocketDirectory))
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                socket.Connect(new UnixDomainSocketEndPoint(path));
            }
            catch (SocketException refused) when (refused.SocketErrorCode == SocketError.ConnectionRefused)
            {
                File.Delete(path);
            }
            catch (SocketException)
            {
                // Somebody is there, too busy to answer, or has just gone with his socket.
            }
        }
    }

    /// <summary>By its arguments: <c>containerd-shim-runc-v2 … -address SOCKET</c>.</summary>
    private static List<ProcessIdentity> Find(string socketPath)
    {
        var found = new List<ProcessIdentity>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), out var pid))
            {
                continue;
            }

            if (Read($"{directory}/cmdline")?.Split('\0') is not [var name, .. var arguments])
            {
                continue;
            }

            var isShim = name.Contains("containerd-shim", StringComparison.Ordinal) && arguments.Contains(socketPath);
            if (isShim && ProcessIdentity.Of(pid) is { } shim)
            {
                found.Add(shim);
            }
        }
        return found;
    }

    private static IEnumerable<ProcessIdentity> ChildrenOf(int pid) =>
        (Read($"/proc/{pid}/task/{pid}/children") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(child => ProcessIdentity.Of(int.Parse(child))).OfType<ProcessIdentity>();

    /// <returns>Null where the process has ended.</returns>
    private static string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
