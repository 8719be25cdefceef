using System.Text;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Volumes;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Pods;

/// <summary>The last words of containers: added to what the runtime says of them, and cut to what may be
/// told.</summary>
internal static class LastWords
{
    public static ContainerRuntimeStatus Added(IPodFiles files, Pod pod, ContainerRuntimeStatus status)
    {
        if (status.State != ContainerRuntimeState.Exited)
        {
            return status;
        }

        var container = pod.Spec.AllContainers().FirstOrDefault(c => c.Name == status.Name);
        if (container is null)
        {
            return status;
        }

        var words = files.TerminationMessage(PodPlace.Of(pod), container, status);
        return words.Length == 0 ? status
            : status with { Message = status.Message.Length == 0 ? words : $"{status.Message}: {words}" };
    }

    /// <summary>At most so many bytes of UTF-8 from the beginning, no character cut in two.</summary>
    public static string Beginning(string text, int bytesMax)
    {
        if (Encoding.UTF8.GetByteCount(text) <= bytesMax)
        {
            return text;
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        var length = bytesMax;
        while (length > 0 && IsContinuation(bytes[length]))
        {
            length--;
        }

        return Encoding.UTF8.GetString(bytes, 0, length);
    }

    /// <summary>At most so many bytes of UTF-8 from the end, no character cut in two.</summary>
    public static string End(ReadOnlySpan<byte> text, int bytesMax)
    {
        var start = Math.Max(0, text.Length - bytesMax);
        while (start > 0 && start < text.Length && IsContinuation(text[start]))
        {
            start++;
        }

        return Encoding.UTF8.GetString(text[start..]);
    }

    private static bool IsContinuation(byte octet) => (octet & 0xC0) == 0x80;
}
