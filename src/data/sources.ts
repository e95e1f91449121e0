/** Where published data sets can be had: addresses, sizes and checksums. */

/** A file that is downloaded. */
export interface SourceFile {
  readonly name: string;
  /** Hexadecimal, as the publisher or, where none is given, torchvision's sources tell. */
  readonly md5: string;
  /** Files that are taken out of an archive, by the ends of their paths in it; the file itself where absent. */
  readonly members?: readonly string[];
}

export interface DataSource {
  /** Name of its folder, and on the command line. */
  readonly name: string;
  /** Files lie under this address; --mirror names another. */
  readonly address: string;
  readonly files: readonly SourceFile[];
  /** Who made it, and who passes it around. */
  readonly source: string;
}

const idx = (images: string, labels: string, testImages: string, testLabels: string): SourceFile[] => [
  { name: "train-images-idx3-ubyte.gz", md5: images },
  { name: "train-labels-idx1-ubyte.gz", md5: labels },
  { name: "t10k-images-idx3-ubyte.gz", md5: testImages },
  { name: "t10k-labels-idx1-ubyte.gz", md5: testLabels },
];

export const dataSources: readonly DataSource[] = [
  {
    name: "mnist",
    address: "https://ossci-datasets.s3.amazonaws.com/mnist/",
    files: idx(
      "f68b3c2dcbeaaa9fbdd348bbdeb94873",
      "d53e105ee54ea40749a09fcbcd1e9432",
      "9fb629c4189551a2d022fa330f9573f3",
      "ec29112dd5afa0611ce80d1b7f02629c",
    ),
    source: "LeCun, Cortes & Burges; the copy that PyTorch keeps. Checksums: torchvision.datasets.MNIST.",
  },
  {
    name: "fashion-mnist",
    address: "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    files: idx(
      "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
      "25c81989df183df01b3e8a0aad5dffbe",
      "bef4ecab320f06d8554ea6380940ec79",
      "bb300cfdad3c16e7a12a480ee83cd310",
    ),
    source: "Xiao, Rasul & Vollgraf 2017, arXiv:1708.07747. Checksums: torchvision.datasets.FashionMNIST.",
  },
  {
    name: "cifar10",
    address: "https://www.cs.toronto.edu/~kriz/",
    files: [
      {
        name: "cifar-10-binary.tar.gz",
        md5: "c32a1d4ab5d03f1284b67883e8d87530",
        members: [
          "data_batch_1.bin",
          "data_batch_2.bin",
          "data_batch_3.bin",
          "data_batch_4.bin",
          "data_batch_5.bin",
          "test_batch.bin",
        ],
      },
    ],
    source: "Krizhevsky 2009; the checksum stands on his page.",
  },
];
