using ActorOrchestrator.Agent.Containers;

namespace ActorOrchestrator.Agent.Volumes;

/// <summary>
/// Volumes for an agent without root (plain processes as containers): nothing is mounted, memory volumes are private
/// directories on disk, groups stay as they are.
/// </summary>
public sealed class PlainDirectories : IHostMounts
{
    // A directory only its owner can enter is the closest to a tmpfs that needs no privilege.
    public void MountTmpfs(string path, long? sizeBytes) =>
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    public void MountReadOnly(string path, ViewMount mount) =>
        throw new IOException("images are mounted by root only");

    public bool IsMountPoint(string path) => false;

    public void Unmount(string path)
    {
        // Nothing is ever mounted, so there is nothing to undo.
    }

    public void SetOwner(string path, long user)
    {
        // The process runtime runs nothing as another user.
    }

    public void SetGroup(string path, long group)
    {
        // Without privilege every file belongs to the one user that runs agent and processes alike.
    }

    public string BindInside(string root, string relative, string target)
    {
        var path = root;
        foreach (var part in relative.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            path = Path.Combine(path, part);
            var found = Path.Exists(path)
                ? new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName
                : null;
            path = found ?? path;
            if (path != root && !path.StartsWith(root + "/", StringComparison.Ordinal))
            {
                throw new IOException($"open {relative} inside its volume: it leads out of the volume");
            }

            if (!Path.Exists(path))
            {
                OpenPaths.CreateDirectory(path, File.GetUnixFileMode(root));
            }
        }

        return path;
    }
}
