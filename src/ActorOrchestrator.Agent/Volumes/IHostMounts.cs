using ActorOrchestrator.Agent.Containers;

namespace ActorOrchestrator.Agent.Volumes;

/// <summary>
/// What volumes need of the kernel beside files: mounts, ownership, and lookups that cannot leave a root.
/// </summary>
public interface IHostMounts
{
    /// <summary>Mounts a tmpfs over a directory unless it is mounted there already; null size: no own limit. Everybody
    /// may write into it, and what is in it is swapped to no disk where the kernel can see to that.</summary>
    void MountTmpfs(string path, long? sizeBytes);

    /// <summary>Mounts a file system, or a directory of one, so that it can only be read.</summary>
    void MountReadOnly(string path, ViewMount mount);

    bool IsMountPoint(string path);

    /// <summary>Unmounts lazily; what is not mounted is left as it is.</summary>
    void Unmount(string path);

    /// <summary>Changes the owner of a file.</summary>
    void SetOwner(string path, long user);

    /// <summary>Changes the group of a file, a directory or a symlink itself.</summary>
    void SetGroup(string path, long group);

    /// <summary>
    /// Makes what <paramref name="relative"/> names inside <paramref name="root"/> (created as a directory if absent)
    /// visible at <paramref name="target"/>, and returns the path to mount from. No symlink leads out of the root.
    /// </summary>
    string BindInside(string root, string relative, string target);
}
