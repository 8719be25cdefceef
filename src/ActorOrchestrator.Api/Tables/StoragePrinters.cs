using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Storage;
using static ActorOrchestrator.Api.Tables.Printers;

namespace ActorOrchestrator.Api.Tables;

/// <summary>Volumes, claims and classes of storage.</summary>
internal static class StoragePrinters
{
    private const string ClassAnnotation = "volume.beta.kubernetes.io/storage-class";
    private const string DefaultAnnotation = "storageclass.kubernetes.io/is-default-class";

    public static IEnumerable<(Type Type, KindPrinter Printer)> All => [.. Volumes, .. Classes];

    private static IEnumerable<(Type Type, KindPrinter Printer)> Volumes =>
    [
        Of<PersistentVolume>(
            [
                Name,
                Text("Capacity", "Size of the volume."),
                Text("Access Modes", "How the volume can be mounted."),
                Text("Reclaim Policy", "What becomes of the volume when its claim is gone."),
                Text("Status", "What the volume is doing, in one word."),
                Text("Claim", "Claim that the volume is bound to."),
                Text("StorageClass", "Class that the volume belongs to."),
                Text("VolumeAttributesClass", "Class of the volume's mutable attributes."),
                Text("Reason", "Why the volume failed, if it did."),
                Age,
                Wide("VolumeMode", "Whether the volume is a filesystem or a block device."),
            ],
            static (volume, now) =>
            [
                volume.Metadata.Name,
                Storage(volume.Spec.Capacity) ?? "0",
                TableText.AccessModes(volume.Spec.AccessModes),
                volume.Spec.PersistentVolumeReclaimPolicy,
                volume.Metadata.DeletionTimestamp is null ? volume.Status.Phase : "Terminating",
                volume.Spec.ClaimRef is { } claim ? $"{claim.Namespace}/{claim.Name}" : "",
                volume.Metadata.Annotations.GetValueOrDefault(ClassAnnotation) ?? volume.Spec.StorageClassName,
                volume.Spec.VolumeAttributesClassName ?? TableText.Unset,
                volume.Status.Reason,
                AgeOf(volume, now),
                volume.Spec.VolumeMode ?? TableText.Unset,
            ]),
        Of<PersistentVolumeClaim>(
            [
                Name,
                Text("Status", "What the claim is doing, in one word."),
                Text("Volume", "Volume that the claim is bound to."),
                Text("Capacity", "Size of that volume."),
                Text("Access Modes", "How that volume can be mounted."),
                Text("StorageClass", "Class that the claim asks for."),
                Text("VolumeAttributesClass", "Class of the volume's mutable attributes."),
                Age,
                Wide("VolumeMode", "Whether the volume is a filesystem or a block device."),
            ],
            static (claim, now) =>
            {
                var isBound = claim.Spec.VolumeName is not null;
                return
                [
                    claim.Metadata.Name,
                    claim.Metadata.DeletionTimestamp is null ? claim.Status.Phase : "Terminating",
                    claim.Spec.VolumeName,
                    isBound ? Storage(claim.Status.Capacity) ?? "0" : "",
                    isBound ? TableText.AccessModes(claim.Status.AccessModes) : "",
                    claim.Metadata.Annotations.GetValueOrDefault(ClassAnnotation) ?? claim.Spec.StorageClassName,
                    claim.Spec.VolumeAttributesClassName ?? TableText.Unset,
                    AgeOf(claim, now),
                    claim.Spec.VolumeMode ?? TableText.Unset,
                ];
            }),
    ];

    private static IEnumerable<(Type Type, KindPrinter Printer)> Classes =>
    [
        Of<StorageClass>(
            [
                Name,
                Text("Provisioner", "What makes volumes of the class."),
                Text("ReclaimPolicy", "What becomes of a volume when its claim is gone."),
                Text("VolumeBindingMode", "When claims are bound."),
                new("AllowVolumeExpansion", "boolean", 0, "Whether volumes can grow."),
                Age,
            ],
            static (storageClass, now) =>
            [
                storageClass.Metadata.Name + (IsDefault(storageClass) ? " (default)" : ""),
                storageClass.Provisioner,
                storageClass.ReclaimPolicy ?? "Delete",
                storageClass.VolumeBindingMode ?? "Immediate",
                storageClass.AllowVolumeExpansion ?? false,
                AgeOf(storageClass, now),
            ]),
    ];

    private static bool IsDefault(StorageClass storageClass) =>
        storageClass.Metadata.Annotations.GetValueOrDefault(DefaultAnnotation) == "true";

    private static string? Storage(ValueMap<Quantity> amounts) =>
        amounts.TryGetValue("storage", out var size) ? size.ToString() : null;
}
