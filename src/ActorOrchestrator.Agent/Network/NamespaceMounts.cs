using System.Runtime.InteropServices;

namespace ActorOrchestrator.Agent.Network;

/// <summary>
/// The directory in which pods' network namespaces are mounted, and those of <c>ip netns</c>. ip-netns(8) binds it to
/// itself before it adds its first one, with all that is mounted in it; where pods run already, the runtime can then
/// not remove theirs any more (EBUSY). So it is made what ip-netns(8) wants before there are any.
/// </summary>
internal static class NamespaceMounts
{
    public const string Place = "/run/netns";

    private const ulong MsBind = 0x1000;
    private const ulong MsRecursive = 0x4000;
    private const ulong MsShared = 0x100000;

    /// <summary>Whether it is a mount of its own, which is shared from now on. The list of mounts would not tell: it
    /// has those that lie below others, too.</summary>
    public static bool IsShared() => NativeMethods.mount(null, Place, null, MsShared | MsRecursive, null) == 0;

    /// <summary>Makes it a shared mount; harmless when it is one.</summary>
    /// <exception cref="NetworkSetupException">It cannot be mounted.</exception>
    public static void Share()
    {
        Directory.CreateDirectory(Place);
        if (!IsShared() && (NativeMethods.mount(Place, Place, null, MsBind | MsRecursive, null) != 0 || !IsShared()))
        {
            throw new NetworkSetupException(
                $"{Place} cannot be made a shared mount: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    /// <summary>Makes it a plain directory again, unless namespaces of others are in it.</summary>
    public static void Unshare()
    {
        if (Directory.Exists(Place) && !Directory.EnumerateFileSystemEntries(Place).Any())
        {
            _ = NativeMethods.umount2(Place, 0);
        }
    }
}
